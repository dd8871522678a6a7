// Moves a queue's messages to another queue, or dead letters back to where they died. The broker does it, message by message
// and each in one commit; here it is started, watched and cancelled, also after the page was left.

import { useEffect, useRef } from 'preact/hooks';
import { act } from '../elements/act.ts';
import { askToConfirm } from '../elements/dialog.tsx';
import { ActionForm, Field, type FormValues } from '../elements/form.tsx';
import { Panel } from '../elements/panel.tsx';
import { Badge, Name, QueueLink } from '../elements/text.tsx';
import { formatCount, formatRate } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { changes, usePolled } from '../http/use-polled.ts';
import type { QueueView, TransferView } from '../http/views.ts';
import { type Observation, perSecond } from '../message/transfer-rate.ts';

interface RedriveTabProps {
  readonly queue: QueueView;
}

export function RedriveTab({ queue }: RedriveTabProps) {
  return (
    <>
      <div class="columns">
        <Redrive queue={queue} />
        <Move queue={queue} />
      </div>
      <Transfers queue={queue} />
    </>
  );
}

function Redrive({ queue }: RedriveTabProps) {
  const { vhost, name, messages_ready: ready = 0 } = queue;
  const redrive = async (values: FormValues) => {
    const count = countOf(values, ready);
    const isConfirmed = await askToConfirm({
      title: 'Redrive dead letters',
      consequences: [
        `${formatCount(count)} messages leave ${visibleName(name)} for the queues they died in first.`,
        'What made them die may make them die again.',
      ],
      typed: name,
      action: 'Redrive',
    });
    if (!isConfirmed) return undefined;
    await request('POST', ['x', 'queues', vhost, name, 'redrive'], {
      body: { count, ...rateOption(values) },
    });
    return 'The redrive has begun.';
  };
  return (
    <Panel title="Redrive dead letters" note="by their x-death header">
      <p class="hint">
        Each message goes back to the queue that it died in first. One that died nowhere stays where
        it is.
      </p>
      <ActionForm label="Redrive" submit="Redrive…" onSubmit={redrive}>
        <AmountFields ready={ready} />
      </ActionForm>
    </Panel>
  );
}

function Move({ queue }: RedriveTabProps) {
  const { vhost, name, messages_ready: ready = 0 } = queue;
  const move = async (values: FormValues) => {
    const count = countOf(values, ready);
    const destination = values.text('destination');
    const isConfirmed = await askToConfirm({
      title: 'Move messages',
      consequences: [
        `${formatCount(count)} messages leave ${visibleName(name)} and join the end of ${visibleName(destination)}.`,
      ],
      typed: name,
      action: 'Move',
    });
    if (!isConfirmed) return undefined;
    await request('POST', ['x', 'queues', vhost, name, 'move'], {
      body: { destination, count, ...rateOption(values) },
    });
    return 'The move has begun.';
  };
  return (
    <Panel title="Move messages" note="in order, to another queue of this vhost">
      <ActionForm label="Move" submit="Move…" onSubmit={move}>
        <Field label="To the queue" name="destination" isRequired />
        <AmountFields ready={ready} />
      </ActionForm>
    </Panel>
  );
}

function AmountFields({ ready }: { readonly ready: number }) {
  return (
    <div class="fields">
      <Field
        label="How many"
        name="count"
        type="number"
        min={1}
        placeholder={`all (${formatCount(ready)} now)`}
      />
      <Field
        label="At most per second"
        name="rate"
        type="number"
        min={1}
        placeholder="as fast as it goes"
      />
    </div>
  );
}

function countOf(values: FormValues, ready: number): number {
  const text = values.text('count');
  if (text !== '') return Number(text);
  if (ready === 0) throw new Error('The queue has no ready message.');
  return ready;
}

function rateOption(values: FormValues): { readonly rate?: number } {
  const text = values.text('rate');
  return text === '' ? {} : { rate: Number(text) };
}

const EVERY_MS = 1000;
const SHOWN = 6;

/** Of this queue, the latest first. */
function Transfers({ queue: { vhost, name } }: RedriveTabProps) {
  const { value = [] } = usePolled<readonly TransferView[]>(
    ['x', 'transfers'],
    {},
    {
      everyMs: EVERY_MS,
    },
  );
  const own = value.filter(({ source }) => source.vhost === vhost && source.name === name);
  const running = own.filter(({ state }) => state === 'running').length;
  const before = useRef(running);
  useEffect(() => {
    // The counts above are those of before it ended.
    if (running < before.current) changes.value++;
    before.current = running;
  }, [running]);
  if (own.length === 0) return null;
  return (
    <Panel title="Transfers" note="of this queue; they run on without this page">
      <ul class="transfers">
        {own
          .reverse()
          .slice(0, SHOWN)
          .map((transfer) => (
            <Transfer key={transfer.id} transfer={transfer} />
          ))}
      </ul>
    </Panel>
  );
}

const TONES = {
  running: 'accent',
  finished: 'plain',
  cancelled: 'warning',
  failed: 'danger',
} as const;

function Transfer({ transfer }: { readonly transfer: TransferView }) {
  const { id, kind, state, reason, destination, total, moved, stayed, user } = transfer;
  const observations = useRef<readonly Observation[]>([]);
  const { rate, kept } = perSecond(observations.current, { moved, atMs: performance.now() });
  observations.current = kept;
  const isRunning = state === 'running';
  const cancel = () =>
    act(() => request('DELETE', ['x', 'transfers', id]), 'It is cancelled. What moved has moved.');
  return (
    <li>
      <div class="transfer-head">
        <b>{kind === 'move' ? 'Move' : 'Redrive'}</b>
        {destination !== undefined && (
          <span>
            to <QueueLink {...destination} />
          </span>
        )}
        <Badge tone={TONES[state]}>{state}</Badge>
        <span class="faint">
          by <Name text={user} />
        </span>
        {isRunning && (
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        )}
      </div>
      <progress max={Math.max(1, total)} value={moved + stayed} aria-label="Messages handled" />
      <p>
        {formatCount(moved)} of {formatCount(total)} moved
        {stayed > 0 && `, ${formatCount(stayed)} stayed`}
        {isRunning && `, ${formatRate(rate)}`}
        {reason !== undefined && `: ${visibleName(reason)}`}
      </p>
    </li>
  );
}
