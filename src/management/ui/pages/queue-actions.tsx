// What ends messages: purge and delete, each after its consequences were named and the queue's name was typed.
import { act } from '../elements/act.ts';
import { formatBytes, formatCount } from '../format/numbers.ts';
import { visibleName } from '../format/visible-text.ts';
import { request } from '../http/request.ts';
import type { QueueView } from '../http/views.ts';
import { goTo } from '../location/current-location.ts';
import { mayDo } from '../session.ts';

export function QueueMenu({ queue }: { readonly queue: QueueView }) {
  const { vhost, name } = queue;
  return (
    <>
      {mayDo('read', vhost, name) && (
        <button type="button" class="danger-quiet" onClick={() => purge(queue)}>
          Purge…
        </button>
      )}
      {mayDo('configure', vhost, name) && (
        <button type="button" class="danger-quiet" onClick={() => remove(queue)}>
          Delete…
        </button>
      )}
    </>
  );
}

async function purge({ vhost, name, ...queue }: QueueView): Promise<void> {
  await act(
    () => request('DELETE', ['queues', vhost, name, 'contents']),
    `${visibleName(name)} is purged.`,
    {
      title: 'Purge the queue',
      consequences: [
        `${formatCount(queue.messages_ready)} ready messages (${formatBytes(queue.message_bytes_ready)}) are lost for good.`,
        `${formatCount(queue.messages_unacknowledged)} unacked messages stay with their consumers.`,
      ],
      typed: name,
      action: 'Purge queue',
    },
  );
}

async function remove({ vhost, name, ...queue }: QueueView): Promise<void> {
  await act(
    () => request('DELETE', ['queues', vhost, name]),
    `${visibleName(name)} is deleted.`,
    {
      title: 'Delete the queue',
      consequences: [
        `${formatCount(queue.messages)} messages (${formatBytes(queue.message_bytes)}) are lost for good.`,
        `${formatCount(queue.consumers)} consumers are cancelled.`,
        'Its bindings go too: what they brought goes nowhere.',
      ],
      typed: name,
      action: 'Delete queue',
    },
    () => goTo(['queues']),
  );
}
