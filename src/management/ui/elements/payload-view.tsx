// A payload as JSON, text or bytes. All of it is text nodes: whatever a producer sent, nothing of it is markup here.
import { useMemo, useState } from 'preact/hooks';
import { formatBytes } from '../format/numbers.ts';
import { visibleText } from '../format/visible-text.ts';
import {
  type EncodedPayload,
  hexDump,
  jsonTokens,
  payloadBytes,
  payloadText,
  prettyJson,
} from '../message/payload.ts';
import { copy, download } from './download.ts';

type Look = 'json' | 'text' | 'hex';

/** More would make the page slow; the download has all of it. */
const SHOWN_CHARACTERS = 200_000;
const SHOWN_BYTES = 16_384;
const COLORED_CHARACTERS = 50_000;

interface PayloadViewProps {
  readonly message: EncodedPayload & { readonly payload_bytes?: number };
  readonly fileName: string;
}

export function PayloadView({ message, fileName }: PayloadViewProps) {
  const bytes = useMemo(() => payloadBytes(message), [message.payload, message.payload_encoding]);
  const text = useMemo(() => payloadText(bytes), [bytes]);
  const json = useMemo(() => (text === undefined ? undefined : prettyJson(text)), [text]);
  const possible: readonly Look[] = [
    ...(json === undefined ? [] : (['json'] as const)),
    ...(text === undefined ? [] : (['text'] as const)),
    'hex',
  ];
  const [wanted, setWanted] = useState<Look>('json');
  const look = possible.includes(wanted) ? wanted : (possible[0] ?? 'hex');
  const whole = message.payload_bytes ?? bytes.length;
  return (
    <div class="payload">
      <div class="payload-head">
        <div class="segmented">
          {possible.map((name) => (
            <button
              key={name}
              type="button"
              aria-pressed={name === look}
              onClick={() => setWanted(name)}
            >
              {name === 'json' ? 'JSON' : name === 'text' ? 'Text' : 'Hex'}
            </button>
          ))}
        </div>
        <span class="faint">
          {formatBytes(whole)}
          {whole > bytes.length && `, the first ${formatBytes(bytes.length)} are here`}
        </span>
        <span class="spring" />
        {text !== undefined && (
          <button type="button" class="quiet" onClick={() => copy(text)}>
            Copy
          </button>
        )}
        <button
          type="button"
          class="quiet"
          onClick={() => download(fileName, bytes, 'application/octet-stream')}
        >
          Download
        </button>
      </div>
      <Shown look={look} bytes={bytes} text={look === 'json' ? json : text} />
    </div>
  );
}

interface ShownProps {
  readonly look: Look;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string | undefined;
}

function Shown({ look, bytes, text = '' }: ShownProps) {
  const isCut = look === 'hex' ? bytes.length > SHOWN_BYTES : text.length > SHOWN_CHARACTERS;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0} dir={look === 'text' ? 'auto' : 'ltr'}>
        {look === 'hex' && hexDump(bytes, SHOWN_BYTES)}
        {look === 'text' && visibleText(text.slice(0, SHOWN_CHARACTERS))}
        {look === 'json' && <Json text={text} />}
      </pre>
      {isCut && <p class="faint">Cut here. The download has all of it.</p>}
    </>
  );
}

function Json({ text }: { readonly text: string }) {
  if (text.length > COLORED_CHARACTERS) return <>{visibleText(text.slice(0, SHOWN_CHARACTERS))}</>;
  return (
    <>
      {jsonTokens(text).map(({ kind, text: token }, index) => (
        <span key={index} class={`json-${kind}`}>
          {visibleText(token)}
        </span>
      ))}
    </>
  );
}
