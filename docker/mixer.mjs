// Starts the mixer in a container, where nobody knows its address before it runs: media is received at the address by
// which this container reaches the TURN server, unless RTC_LISTEN_IP names another.
import { createSocket } from 'node:dgram';

const TURN_PORT = 3478;

async function addressTowards(host) {
  const socket = createSocket('udp4');
  try {
    await new Promise((resolve, reject) => {
      socket.once('error', reject);
      // Sends nothing: the system only looks up the way.
      socket.connect(TURN_PORT, host, resolve);
    });
    return socket.address().address;
  } finally {
    socket.close();
  }
}

process.env['RTC_LISTEN_IP'] ||= await addressTowards('coturn');
await import('../services/mixer/src/main.ts');
