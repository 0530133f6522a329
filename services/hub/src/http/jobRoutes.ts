import { ApprovalId, DecideApproval, JobId, parseOrThrow, SteerJob } from '@parley/contract';
import type { JobView } from '@parley/contract';
import { Router } from 'express';
import type { Request } from 'express';
import { z } from 'zod';
import type { Jobs } from '../session/Jobs.ts';
import type { Act, Artifact, JobDesk } from '../session/ports.ts';
import type { Rights } from '../session/Rights.ts';
import type { RateLimits } from './rateLimit.ts';
import { bearerOf, bodyOf, sessionIdOf } from './requests.ts';

export interface JobApiOptions {
  jobs: Jobs;
  desk: Pick<JobDesk, 'act'>;
  rights: Rights;
  limits: RateLimits;
  publicHistory: boolean;
}

/** A file's ending, and what it is. Results are text that people read, never pages that a browser may run. */
const KINDS: Readonly<Record<Artifact, { ending: string; type: string }>> = {
  result: { ending: 'md', type: 'text/markdown; charset=utf-8' },
  patch: { ending: 'patch', type: 'text/x-diff; charset=utf-8' },
  zip: { ending: 'zip', type: 'application/zip' },
};
const ArtifactName = z.enum(['result', 'patch', 'zip']);

/** What is below `/api/sessions/:id` about jobs. Acting needs a token that acts, reading one that reads. */
export function jobRoutes({ jobs, desk, rights, limits, publicHistory }: JobApiOptions): Router {
  const router = Router();

  router.get('/:id/jobs', limits.before('read'), async (req, res) => {
    const id = sessionIdOf(req);
    if (!publicHistory) await rights.reader(bearerOf(req), id);
    res.json({ jobs: await jobs.list(id) });
  });

  // Also where everybody may read the timeline: what was made belongs to those who were there.
  router.get('/:id/jobs/:jobId/:artifact', limits.before('read'), async (req, res) => {
    const id = sessionIdOf(req);
    await rights.reader(bearerOf(req), id);
    const name = parseOrThrow(ArtifactName, req.params['artifact']);
    const { job, content } = await jobs.artifact(id, jobIdOf(req), name);
    const { ending, type } = KINDS[name];
    res.attachment(fileName(id, job, ending));
    res.set({ 'Content-Type': type, 'Content-Security-Policy': "default-src 'none'; sandbox" });
    res.send(content);
  });

  const acting = async (req: Request, act: Act) => {
    const id = sessionIdOf(req);
    return desk.act(id, await rights.actor(bearerOf(req), id), act);
  };

  router.post('/:id/jobs/:jobId/cancel', limits.before('configure'), async (req, res) => {
    res.json(await acting(req, { command: 'job:cancel', jobId: jobIdOf(req) }));
  });

  router.post('/:id/jobs/:jobId/steer', limits.before('configure'), async (req, res) => {
    const { instruction } = bodyOf(req, SteerJob);
    res.json(await acting(req, { command: 'job:steer', jobId: jobIdOf(req), instruction }));
  });

  router.post('/:id/approvals/:approvalId', limits.before('configure'), async (req, res) => {
    const approvalId = parseOrThrow(ApprovalId, req.params['approvalId']);
    const { approve } = bodyOf(req, DecideApproval);
    res.json(await acting(req, { command: 'approval:decide', approvalId, approve }));
  });

  return router;
}

const jobIdOf = (req: Request): JobId => parseOrThrow(JobId, req.params['jobId']);
const fileName = (session: string, { number }: JobView, ending: string) =>
  `parley-${session}-job-${number}.${ending}`;
