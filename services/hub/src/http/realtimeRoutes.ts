import { BridgeOffer, LegacySession } from '@parley/contract';
import { Router } from 'express';
import { bodyOf } from './requests.ts';
import type { ApiOptions } from './sessionRoutes.ts';

const GUEST = 'Guest';

/** The calls of the bridge that Parley replaces, in their own shapes. */
export function realtimeRoutes({ sessions, membership, limit }: ApiOptions): Router {
  const router = Router();

  router.post('/session', limit('create'), async (req, res) => {
    const { voice, agent_name, system_prompt, conversation_id } = bodyOf(req, LegacySession);
    const session = await sessions.createConnected({
      voice,
      agentName: agent_name,
      systemPrompt: system_prompt,
      conversationId: conversation_id,
    });
    res.json({ session_id: session.id, status: 'connected' });
  });

  router.post('/webrtc/bridge', limit('join'), async (req, res) => {
    const { session_id, name = GUEST, sdp } = bodyOf(req, BridgeOffer);
    const answer = await membership.joinBridge(session_id, name, sdp);
    res.json({ sdp: answer.sdp, type: 'answer', session_id, participant_id: answer.participantId });
  });

  return router;
}
