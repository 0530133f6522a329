import { expect, test } from 'vitest';
import { janusConfig } from './config.ts';

const files = janusConfig({ port: 8_188, rtpPorts: [20_000, 21_000], dir: '/tmp/j' });

test('every address is on loopback', () => {
  expect(files['janus.jcfg']).toContain('interface = "127.0.0.1"');
  expect(files['janus.plugin.audiobridge.jcfg']).toContain('local_ip = "127.0.0.1"');
  expect(files['janus.transport.websockets.jcfg']).toContain('ws_ip = "127.0.0.1"');
});

test('nothing is loaded but what is in its own folders', () => {
  for (const kind of ['plugins', 'transports', 'events', 'loggers'])
    expect(files['janus.jcfg']).toContain(`${kind}_folder = "/tmp/j/${kind}"`);
});

test('in the syntax of libconfig: strings in quotation marks, numbers and truths bare', () => {
  expect(files['janus.transport.websockets.jcfg']).toBe(
    `general: {
  ws = true
  ws_ip = "127.0.0.1"
  ws_port = 8188
  wss = false
  json = "compact"
  events = false
}
admin: {
  admin_ws = false
  admin_wss = false
}
`,
  );
  expect(files['janus.plugin.audiobridge.jcfg']).toContain('rtp_port_range = "20000-21000"');
});
