-- What each response cost, and whose words led to it.
ALTER TABLE "Usage" ADD COLUMN "costUsd" DOUBLE PRECISION;
ALTER TABLE "Usage" ADD COLUMN "causedBy" JSONB NOT NULL DEFAULT '[]';
