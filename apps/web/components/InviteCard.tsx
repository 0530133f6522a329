'use client';
import { QRCodeSVG } from 'qrcode.react';
import { CopyButton } from './CopyButton.tsx';

interface Props {
  address: string;
  id: string;
}

const isLoopback = (address: string) => /^https?:\/\/(localhost|127\.|\[::1\])/.test(address);
const isInsecure = (address: string) => address.startsWith('http:') && !isLoopback(address);

/** How the next device comes in: by camera, by link, or by an ID read aloud. */
export function InviteCard({ address, id }: Props) {
  return (
    <div className="flex flex-col items-center gap-5 text-center">
      <div className="rounded-2xl border border-line bg-white p-4">
        <QRCodeSVG value={address} size={172} level="M" title={`QR code of ${address}`} fgColor="#33202f" />
      </div>
      <div>
        <p className="text-sm text-ink-soft">or type this ID on the other device</p>
        <p className="font-mono text-3xl font-semibold tracking-wider select-all" data-testid="session-id">
          {id}
        </p>
      </div>
      <div className="flex w-full max-w-sm items-center gap-2 rounded-full border border-line bg-raised py-1 pr-1 pl-4">
        <span className="min-w-0 flex-1 truncate text-left font-mono text-sm text-ink-soft select-all">
          {address}
        </span>
        <CopyButton text={address} label="Copy link" className="h-9 border-0 bg-sunk px-3 text-sm" />
      </div>
      {isLoopback(address) && (
        <p className="max-w-sm text-sm text-ink-faint">
          This address works on this computer only. For a phone, open Parley by the computer’s network name.
        </p>
      )}
      {isInsecure(address) && (
        <p className="max-w-sm text-sm text-ink-faint">
          Over plain http other devices can listen and type, but browsers give the microphone only to https.
        </p>
      )}
    </div>
  );
}
