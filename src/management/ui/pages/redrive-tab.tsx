// Moves a queue's messages to another queue, or dead letters back to where they died. Done in portions that this page asks for
// one after the other: that shows progress, and stopping it leaves every message in one of the two queues.
import { useState } from 'preact/hooks';
import { askToConfirm } from '../elements/dialog.tsx';
import { ActionForm, Field, type FormValues } from '../elements/form.tsx';
import { Panel } from '../elements/panel.tsx';
import { formatCount, formatRate } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { changes } from '../http/use-polled.ts';
import type { QueueView } from '../http/views.ts';
import { type Portions, type PortionsProgress, runPortions } from '../message/portions.ts';

interface RedriveTabProps {
  readonly queue: QueueView;
}

export function RedriveTab({ queue }: RedriveTabProps) {
  return (
    <div class="columns">
      <Redrive queue={queue} />
      <Move queue={queue} />
    </div>
  );
}

interface PortionAnswer {
  readonly moved: number;
}

function Redrive({ queue }: RedriveTabProps) {
  const { vhost, name, messages_ready: ready = 0 } = queue;
  const work = usePortions();
  const redrive = async (values: FormValues) => {
    const count = countOf(values, ready);
    const isConfirmed = await askToConfirm({
      title: 'Redrive dead letters',
      consequences: [
        `${formatCount(count)} messages leave ${visibleName(name)} and go back to the queues they died in.`,
        'What made them die may make them die again.',
      ],
      typed: name,
      action: 'Redrive',
    });
    if (!isConfirmed) return undefined;
    return work.run(count, (portion) =>
      request<PortionAnswer>('POST', ['x', 'queues', vhost, name, 'redrive'], {
        body: { count: portion },
      }),
    );
  };
  return (
    <Panel title="Redrive dead letters" note="by their x-death header">
      <p class="hint">
        Each message goes back to the queue that it died in last. One without an{' '}
        <code>x-death</code> header stays where it is.
      </p>
      <ActionForm label="Redrive" submit="Redrive…" onSubmit={redrive}>
        <CountField ready={ready} />
      </ActionForm>
      <Progress {...work} />
    </Panel>
  );
}

function Move({ queue }: RedriveTabProps) {
  const { vhost, name, messages_ready: ready = 0 } = queue;
  const work = usePortions();
  const move = async (values: FormValues) => {
    const count = countOf(values, ready);
    const destination = values.text('destination');
    if (destination === name) throw new Error('A queue cannot be moved to itself.');
    const isConfirmed = await askToConfirm({
      title: 'Move messages',
      consequences: [
        `${formatCount(count)} messages leave ${visibleName(name)} and join the end of ${visibleName(destination)}.`,
      ],
      typed: name,
      action: 'Move',
    });
    if (!isConfirmed) return undefined;
    return work.run(count, (portion) =>
      request<PortionAnswer>('POST', ['x', 'queues', vhost, name, 'move'], {
        body: { destination, count: portion },
      }),
    );
  };
  return (
    <Panel title="Move messages" note="in order, to another queue of this vhost">
      <ActionForm label="Move" submit="Move…" onSubmit={move}>
        <Field label="To the queue" name="destination" isRequired />
        <CountField ready={ready} />
      </ActionForm>
      <Progress {...work} />
    </Panel>
  );
}

function CountField({ ready }: { readonly ready: number }) {
  return (
    <Field
      label="How many"
      name="count"
      type="number"
      min={1}
      placeholder={`all (${formatCount(ready)} now)`}
    />
  );
}

function countOf(values: FormValues, ready: number): number {
  const text = values.text('count');
  if (text !== '') return Number(text);
  if (ready === 0) throw new Error('The queue has no ready message.');
  return ready;
}

interface Work {
  readonly progress: PortionsProgress | undefined;
  readonly stop: () => void;
  readonly run: (
    count: number,
    move: (portion: number) => Promise<PortionAnswer>,
  ) => Promise<string>;
}

function usePortions(): Work {
  const [progress, setProgress] = useState<PortionsProgress | undefined>(undefined);
  const [portions, setPortions] = useState<Portions | undefined>(undefined);
  return {
    progress,
    stop: () => portions?.stop(),
    run: async (count, move) => {
      const next = runPortions(count, move, setProgress, () => performance.now());
      setPortions(next);
      try {
        const moved = await next.done;
        return `${formatCount(moved)} messages moved.`;
      } finally {
        changes.value++;
      }
    },
  };
}

function Progress({ progress, stop }: Work) {
  if (progress === undefined) return null;
  const { moved, wanted, perSecond, isRunning } = progress;
  return (
    <div class="work" aria-live="polite">
      <progress max={wanted} value={moved} aria-label="Messages moved" />
      <p>
        {formatCount(moved)} of {formatCount(wanted)} moved
        {isRunning ? `, ${formatRate(perSecond)}` : '.'}
      </p>
      {isRunning && (
        <button type="button" onClick={stop}>
          Stop
        </button>
      )}
    </div>
  );
}
