// Publishes a message: text, base64 or a file, with properties and headers. The form stays filled for the next one.
import { ArgumentsField, argumentsOf } from '../elements/arguments.tsx';
import { ActionForm, Choice, Field, type FormValues, TextArea } from '../elements/form.tsx';
import { Panel } from '../elements/panel.tsx';
import { request } from '../http/request.ts';
import { bytesBase64 } from '../message/payload.ts';

interface PublishFormProps {
  readonly vhost: string;
  readonly exchange: string;
  /** Publishes with this key; without it the form asks. */
  readonly routingKey?: string;
}

const TEXT_PROPERTIES = [
  ['content_type', 'Content type'],
  ['correlation_id', 'Correlation id'],
  ['reply_to', 'Reply to'],
  ['message_id', 'Message id'],
  ['type', 'Type'],
  ['app_id', 'App id'],
  ['expiration', 'Expiration (ms)'],
] as const;

export function PublishForm({ vhost, exchange, routingKey }: PublishFormProps) {
  const publish = async (values: FormValues) => {
    const { routed } = await request<{ routed: boolean }>(
      'POST',
      ['exchanges', vhost, exchange, 'publish'],
      { body: await messageOf(values, routingKey ?? values.text('routing_key')) },
    );
    if (!routed) throw new Error('Published, but no queue takes this key: the message is gone.');
    return 'Published.';
  };
  return (
    <Panel title="Publish a message">
      <ActionForm label="Publish" submit="Publish" onSubmit={publish}>
        <div class="fields">
          {routingKey === undefined && <Field label="Routing key" name="routing_key" />}
          <Choice
            label="Delivery"
            name="delivery_mode"
            options={[
              { value: '2', label: 'Persistent' },
              { value: '1', label: 'Transient' },
            ]}
          />
          <Field label="Priority" name="priority" type="number" min={0} max={255} />
        </div>
        <TextArea label="Payload" name="payload" />
        <div class="fields">
          <Choice
            label="Payload is"
            name="encoding"
            options={[
              { value: 'string', label: 'Text' },
              { value: 'base64', label: 'Base64' },
            ]}
          />
          <Field label="or a file" name="file" type="file" />
        </div>
        <ArgumentsField label="Headers" name="headers" />
        <details class="more">
          <summary>More properties</summary>
          <div class="fields">
            {TEXT_PROPERTIES.map(([name, label]) => (
              <Field key={name} label={label} name={name} />
            ))}
          </div>
        </details>
      </ActionForm>
    </Panel>
  );
}

async function messageOf(values: FormValues, routingKey: string) {
  const headers = argumentsOf(values, 'headers');
  const file = values.file('file');
  const properties: Record<string, unknown> = {
    delivery_mode: Number(values.text('delivery_mode')),
  };
  if (values.text('priority') !== '') properties['priority'] = Number(values.text('priority'));
  if (Object.keys(headers).length > 0) properties['headers'] = headers;
  for (const [name] of TEXT_PROPERTIES) {
    if (values.text(name) !== '') properties[name] = values.text(name);
  }
  return {
    routing_key: routingKey,
    properties,
    payload:
      file === undefined
        ? // A form sends CRLF for every line break: the payload has what was typed.
          values.text('payload').replaceAll('\r\n', '\n')
        : bytesBase64(new Uint8Array(await file.arrayBuffer())),
    payload_encoding: file === undefined ? values.text('encoding') : 'base64',
  };
}
