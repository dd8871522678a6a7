// Reads an AMQP URI (amqp://user:password@host:port/vhost) by RabbitMQ's rules for it: everything percent-encoded,
// an absent vhost is "/", an empty path ("amqp://host/") is the vhost with the empty name.

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly vhost: string;
}

/** The address, or one sentence saying what is wrong with the text. */
export function parseBrokerUri(text: string): BrokerAddress | string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return `"${text}" is not a URI; expected amqp://user:password@host:port/vhost`;
  }
  if (url.protocol === 'amqps:') {
    return 'amqps is not measured by this generator; give the plain port as amqp://…';
  }
  if (url.protocol !== 'amqp:') return `the scheme "${url.protocol}" is not amqp:`;
  if (url.hostname === '') return `"${text}" names no host`;
  if (url.pathname.indexOf('/', 1) !== -1) {
    return `the vhost in "${url.pathname}" contains a bare slash; write it as %2f`;
  }
  try {
    return {
      host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
      port: url.port === '' ? 5672 : Number(url.port),
      user: url.username === '' ? 'guest' : decodeURIComponent(url.username),
      password: url.password === '' ? 'guest' : decodeURIComponent(url.password),
      vhost: url.pathname === '' ? '/' : decodeURIComponent(url.pathname.slice(1)),
    };
  } catch {
    return `"${text}" holds a "%" that is not followed by two hexadecimal digits`;
  }
}
