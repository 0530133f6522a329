/** What is the same for both and what is not: part of every report. */
export const conditions: readonly string[] = [
  'Equal: the machine, this process with the bots, their Opus packets, who speaks when, DTX in silence, 24 kHz mono inside,',
  '  20 ms packets, each participant hears all the others and the assistant, one more feed for each room.',
  'CPU: of Janus its process with all threads; of Parley the mixer and its media worker, not hub, Redis and Postgres.',
  'Not equal:',
  '- The feed: of Parley PCM by WebSocket to the simulator, while people speak; of Janus Opus by one RTP forwarder, always.',
  '- The assistant: in Parley PCM by WebSocket, when the provider answers; in Janus an Opus file for 30 % of the time (play_file:',
  '  a fifth participant would be encoded for, too). What would connect Janus to a provider costs it nothing here.',
  '- Encoding: Janus as it comes (Opus VoIP, complexity 4, bitrate chosen by libopus, no FEC), for everybody, all the time;',
  "  Parley what its codec calls 'light' (CELT alone, 48 kbit/s), once for all who hear the same, while there is a sound.",
  '- Holding back: Janus six packets (its default), in every other room one; but what it holds back it uses up in the first',
  '  silence of a sender with DTX, and then holds back nothing. Parley keeps as much as it saw packets come late.',
];
