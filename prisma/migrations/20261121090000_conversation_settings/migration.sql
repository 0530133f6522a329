-- How the assistant took part. Sessions from before this could only be as the default says.
ALTER TABLE "Session" ADD COLUMN "conversation" JSONB NOT NULL DEFAULT '{"answer":"always","wakeNames":[],"followUpMs":8000,"turnDetection":{"type":"server","threshold":0.5,"prefixPaddingMs":300,"silenceMs":500},"bargeIn":{"enabled":true,"minSpeechMs":400},"costLimitUsd":null}';
