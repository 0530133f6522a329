export interface JanusSettings {
  /** Of its WebSocket API, on 127.0.0.1. */
  port: number;
  /** UDP ports of plain RTP participants, first and last. */
  rtpPorts: readonly [number, number];
  /** A folder with folders in it: what is in `plugins` and `transports` is loaded, in `events` and `loggers` nothing is. */
  dir: string;
}

export const MODULE_KINDS = ['plugins', 'transports', 'events', 'loggers'] as const;

/**
 * The configuration files of a Janus that listens on loopback alone and logs warnings alone, by name. What is not said is as
 * Janus has it. (libconfig's syntax.)
 */
export function janusConfig({ port, rtpPorts: [first, last], dir }: JanusSettings): Record<string, string> {
  return {
    'janus.jcfg': blocks({
      general: {
        interface: '127.0.0.1',
        // Nobody sends keep-alives.
        session_timeout: 0,
        debug_level: 3,
        debug_colors: false,
        ...Object.fromEntries(MODULE_KINDS.map((kind) => [`${kind}_folder`, `${dir}/${kind}`])),
      },
    }),
    'janus.plugin.audiobridge.jcfg': blocks({
      general: { local_ip: '127.0.0.1', rtp_port_range: `${first}-${last}`, events: false },
    }),
    'janus.transport.websockets.jcfg': blocks({
      general: { ws: true, ws_ip: '127.0.0.1', ws_port: port, wss: false, json: 'compact', events: false },
      admin: { admin_ws: false, admin_wss: false },
    }),
  };
}

type Block = Readonly<Record<string, string | number | boolean>>;

function blocks(all: Readonly<Record<string, Block>>): string {
  return Object.entries(all)
    .map(([name, block]) => `${name}: {\n${Object.entries(block).map(setting).join('')}}\n`)
    .join('');
}

const setting = ([key, value]: [string, string | number | boolean]): string =>
  `  ${key} = ${JSON.stringify(value)}\n`;
