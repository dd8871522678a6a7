// A queue's messages: peek looks and changes nothing; get takes them as a client would, and says what that does.
import { useState } from 'preact/hooks';
import { act } from '../elements/act.ts';
import { ActionForm, Choice, Field, type FormValues } from '../elements/form.tsx';
import { Empty, Panel, Waiting } from '../elements/panel.tsx';
import { formatCount } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import { usePolled } from '../http/use-polled.ts';
import type { MessageView } from '../http/views.ts';
import { MessageList } from './message-list.tsx';

interface MessagesTabProps {
  readonly vhost: string;
  readonly name: string;
}

export function MessagesTab(props: MessagesTabProps) {
  return (
    <>
      <Peek {...props} />
      <Get {...props} />
    </>
  );
}

const PAGE = 20;

interface Asked {
  readonly state: string;
  readonly filter: string;
  readonly offset: number;
}

interface Peeked {
  readonly items: readonly MessageView[];
  /** More lie behind these. */
  readonly has_more?: boolean;
}

function Peek({ vhost, name }: MessagesTabProps) {
  const [asked, setAsked] = useState<Asked>({ state: 'ready', filter: '', offset: 0 });
  const ask = async (values: FormValues) => {
    setAsked({ state: values.text('state'), filter: values.text('filter'), offset: 0 });
    return undefined;
  };
  return (
    <Panel title="Peek" note="changes nothing: no order, no redelivered mark">
      <ActionForm label="Peek" submit="Look" onSubmit={ask}>
        <div class="fields">
          <Choice
            label="Messages"
            name="state"
            options={[
              { value: 'ready', label: 'Ready' },
              { value: 'unacked', label: 'Unacked' },
            ]}
          />
          <Field
            label="Containing"
            name="filter"
            hint="in payload, routing key or headers"
            type="search"
          />
        </div>
      </ActionForm>
      <PeekedMessages vhost={vhost} name={name} asked={asked} onAsk={setAsked} />
    </Panel>
  );
}

interface PeekedMessagesProps extends MessagesTabProps {
  readonly asked: Asked;
  readonly onAsk: (asked: Asked) => void;
}

function PeekedMessages({ vhost, name, asked, onAsk }: PeekedMessagesProps) {
  const { offset } = asked;
  const { value, error, isOld } = usePolled<Peeked | readonly MessageView[]>(
    ['x', 'queues', vhost, name, 'messages'],
    {
      offset,
      limit: PAGE,
      state: asked.state,
      ...(asked.filter === '' ? {} : { filter: asked.filter }),
    },
    { isStill: true },
  );
  if (value === undefined) return <Waiting error={error} />;
  const messages = 'items' in value ? value.items : value;
  const hasMore = 'items' in value ? (value.has_more ?? false) : messages.length === PAGE;
  const turn = (by: number) => onAsk({ ...asked, offset: Math.max(0, offset + by) });
  return (
    <div aria-busy={isOld}>
      {messages.length === 0 ? (
        <Empty>{offset > 0 ? 'No more messages.' : 'No such message.'}</Empty>
      ) : (
        <MessageList messages={messages} first={offset} />
      )}
      {(offset > 0 || hasMore) && (
        <nav class="pages" aria-label="Messages">
          <button type="button" disabled={offset === 0} onClick={() => turn(-PAGE)}>
            ‹ Earlier
          </button>
          <span class="range">
            {formatCount(offset + 1)}–{formatCount(offset + messages.length)}
          </span>
          <button type="button" disabled={!hasMore} onClick={() => turn(PAGE)}>
            Later ›
          </button>
        </nav>
      )}
    </div>
  );
}

const ACK_MODES = [
  { value: 'ack_requeue_true', label: 'put back (marked as redelivered)' },
  { value: 'reject_requeue_true', label: 'reject and put back' },
  { value: 'ack_requeue_false', label: 'REMOVE from the queue' },
  { value: 'reject_requeue_false', label: 'reject: dead-letter or REMOVE' },
];

const TRUNCATE_BYTES = 1_048_576;

function Get({ vhost, name }: MessagesTabProps) {
  const [messages, setMessages] = useState<readonly MessageView[] | undefined>(undefined);
  const get = async (values: FormValues) => {
    const mode = values.text('ackmode');
    const count = Number(values.text('count'));
    const take = async () => {
      setMessages(
        await request<readonly MessageView[]>('POST', ['queues', vhost, name, 'get'], {
          body: { count, ackmode: mode, encoding: 'auto', truncate: TRUNCATE_BYTES },
        }),
      );
    };
    if (!mode.endsWith('_false')) {
      await take();
      return undefined;
    }
    await act(take, 'The messages below are out of the queue.', {
      title: 'Take messages out of the queue',
      consequences: [`Up to ${formatCount(count)} messages leave ${visibleName(name)} for good.`],
      action: 'Take out',
    });
    return undefined;
  };
  return (
    <Panel title="Get" note="takes messages as a consumer does">
      <ActionForm label="Get messages" submit="Get" onSubmit={get}>
        <div class="fields">
          <Field label="How many" name="count" type="number" value="1" min={1} max={1000} />
          <Choice label="Then" name="ackmode" options={ACK_MODES} />
        </div>
      </ActionForm>
      <div aria-live="polite">
        {messages?.length === 0 && <Empty>The queue has no ready message.</Empty>}
        {messages !== undefined && messages.length > 0 && (
          <MessageList messages={messages} first={0} />
        )}
      </div>
    </Panel>
  );
}
