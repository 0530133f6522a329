import { BridgeOffer, LegacySession } from '@parley/contract';
import { Router } from 'express';
import { bodyOf } from './requests.ts';
import type { ApiOptions } from './sessionRoutes.ts';

const GUEST = 'Guest';

/** The calls of the bridge that Parley replaces, in their own shapes. */
export function realtimeRoutes({ sessions, membership, tokens, limits }: ApiOptions): Router {
  const router = Router();

  router.post('/session', limits.before('create'), async (req, res) => {
    const { voice, agent_name, system_prompt, conversation_id } = bodyOf(req, LegacySession);
    const session = await sessions.createConnected({
      voice,
      agentName: agent_name,
      systemPrompt: system_prompt,
      conversationId: conversation_id,
    });
    // In a header, because callers know the body's shape.
    res.set('X-Parley-Owner-Token', await tokens.forOwner(session.id));
    res.json({ session_id: session.id, status: 'connected' });
  });

  router.post('/webrtc/bridge', limits.before('join'), async (req, res) => {
    const { session_id, name = GUEST, sdp } = bodyOf(req, BridgeOffer);
    const answer = await membership.joinBridge(session_id, name, sdp);
    const claims = { sessionId: session_id, participantId: answer.participantId };
    res.set('X-Parley-History-Token', await tokens.forHistory(claims));
    res.json({ sdp: answer.sdp, type: 'answer', session_id, participant_id: answer.participantId });
  });

  return router;
}
