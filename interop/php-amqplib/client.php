<?php
// The PHP client php-amqplib against a broker.

declare(strict_types=1);

require_once 'PhpAmqpLib/autoload.php';

use PhpAmqpLib\Channel\AMQPChannel;
use PhpAmqpLib\Connection\AMQPStreamConnection;
use PhpAmqpLib\Exception\AMQPProtocolChannelException;
use PhpAmqpLib\Exception\AMQPTimeoutException;
use PhpAmqpLib\Message\AMQPMessage;
use PhpAmqpLib\Wire\AMQPAbstractCollection as Type;
use PhpAmqpLib\Wire\AMQPArray;
use PhpAmqpLib\Wire\AMQPDecimal;
use PhpAmqpLib\Wire\AMQPTable;

const CLIENT = 'php-amqplib';
const LARGE_BODY_BYTES = 3 * 1024 * 1024 + 17;
const PERSISTENT = ['delivery_mode' => AMQPMessage::DELIVERY_MODE_PERSISTENT];

$run = bin2hex(random_bytes(4));
$failedCount = 0;

function named(string $what): string
{
    global $run;
    return 'interop.' . CLIENT . ".$run.$what";
}

function connect(int $heartbeatSeconds = 0): AMQPStreamConnection
{
    $url = parse_url(getenv('AMQP_URL') ?: 'amqp://guest:guest@127.0.0.1:5672');
    $vhost = rawurldecode(substr($url['path'] ?? '', 1));
    return new AMQPStreamConnection(
        $url['host'],
        $url['port'] ?? 5672,
        $url['user'] ?? 'guest',
        $url['pass'] ?? 'guest',
        $vhost === '' ? '/' : $vhost,
        read_write_timeout: 30.0,
        heartbeat: $heartbeatSeconds,
    );
}

function equal(mixed $got, mixed $expected, string $what): void
{
    if ($got !== $expected) {
        throw new RuntimeException("$what: got " . json_encode($got) . ', expected ' . json_encode($expected));
    }
}

function step(string $name, callable $body): void
{
    global $failedCount;
    try {
        $body();
        echo 'PASS ' . CLIENT . ": $name\n";
    } catch (Throwable $error) {
        $failedCount++;
        echo 'FAIL ' . CLIENT . ": $name: " . strtok($error->getMessage(), "\n") . "\n";
        fwrite(STDERR, "$error\n");
    }
}

$connection = connect();

function withChannel(callable $use): void
{
    global $connection;
    $channel = $connection->channel();
    try {
        $use($channel);
    } finally {
        if ($channel->is_open()) {
            $channel->close();
        }
    }
}

function withQueue(string $what, callable $use): void
{
    $queue = named($what);
    try {
        withChannel(function (AMQPChannel $channel) use ($queue, $use): void {
            $channel->queue_declare($queue, auto_delete: false);
            $use($channel, $queue);
        });
    } finally {
        withChannel(fn (AMQPChannel $channel) => $channel->queue_delete($queue));
    }
}

function countOf(string $queue): int
{
    $count = -1;
    withChannel(function (AMQPChannel $channel) use ($queue, &$count): void {
        [, $count] = $channel->queue_declare($queue, passive: true);
    });
    return $count;
}

function publishNumbered(AMQPChannel $channel, string $queue, int $count, array $properties = []): void
{
    $channel->confirm_select();
    for ($number = 0; $number < $count; $number++) {
        $channel->basic_publish(new AMQPMessage("message $number", $properties), '', $queue);
    }
    $channel->wait_for_pending_acks(10);
}

function numbered(int $count): array
{
    return array_map(fn (int $number): string => "message $number", range(0, $count - 1));
}

/** Reads until the condition holds; the client reads only when asked. */
function waitUntil(AMQPChannel $channel, callable $condition, string $what): void
{
    $deadline = microtime(true) + 10;
    while (!$condition()) {
        if (microtime(true) > $deadline) {
            throw new RuntimeException("timed out: $what");
        }
        try {
            $channel->wait(null, false, 0.5);
        } catch (AMQPTimeoutException) {
            // Asked again until the deadline.
        }
    }
}

/** Reads for a moment in which nothing may come. */
function quiet(AMQPChannel $channel): void
{
    try {
        $channel->wait(null, false, 0.2);
    } catch (AMQPTimeoutException) {
        return;
    }
}

step('declare', fn () => withChannel(function (AMQPChannel $channel): void {
    $queue = named('declare');
    $source = named('source');
    $exchange = named('exchange');
    $channel->exchange_declare($source, 'fanout', auto_delete: false);
    $channel->exchange_declare($exchange, 'headers', durable: true, auto_delete: false);
    equal($channel->queue_declare($queue, durable: true, auto_delete: false), [$queue, 0, 0], 'queue.declare-ok');
    $match = new AMQPTable(['x-match' => 'any', 'colour' => 'green', 'size' => 3]);
    $channel->exchange_bind($exchange, $source);
    $channel->queue_bind($queue, $exchange, '', false, $match);
    $channel->confirm_select();
    foreach (['green', 'red'] as $colour) {
        $headers = new AMQPTable(['colour' => $colour]);
        $channel->basic_publish(new AMQPMessage('x', ['application_headers' => $headers]), $source);
    }
    $channel->wait_for_pending_acks(10);
    equal(countOf($queue), 1, 'count');
    [$serverNamed] = $channel->queue_declare('', exclusive: true);
    equal(str_starts_with($serverNamed, 'amq.gen-'), true, 'server-named queue');
    $channel->queue_unbind($queue, $exchange, '', $match);
    $channel->exchange_unbind($exchange, $source);
    $channel->exchange_delete($source);
    $channel->exchange_delete($exchange, true);
    equal($channel->queue_purge($queue), 1, 'purged');
    equal($channel->queue_delete($queue, true, true), 0, 'left');
}));

step('publish-confirm', fn () => withQueue('confirm', function (AMQPChannel $channel, string $queue): void {
    $acked = [];
    $channel->set_ack_handler(function (AMQPMessage $message) use (&$acked): void {
        $acked[] = $message->getBody();
    });
    publishNumbered($channel, $queue, 100, PERSISTENT);
    equal($acked, numbered(100), 'confirmed messages');
    equal(countOf($queue), 100, 'count');
}));

step('consume-ack', fn () => withQueue('consume', function (AMQPChannel $channel, string $queue): void {
    publishNumbered($channel, $queue, 10);
    $bodies = [];
    $tag = $channel->basic_consume($queue, callback: function (AMQPMessage $message) use (&$bodies): void {
        equal($message->isRedelivered(), false, 'redelivered');
        $bodies[] = $message->getBody();
        $message->ack();
    });
    waitUntil($channel, function () use (&$bodies): bool { return count($bodies) === 10; }, 'ten deliveries');
    $channel->basic_cancel($tag);
    equal($bodies, numbered(10), 'bodies');
    equal(countOf($queue), 0, 'count');
}));

step('reject', fn () => withQueue('reject', function (AMQPChannel $channel, string $queue): void {
    publishNumbered($channel, $queue, 1);
    $redelivered = [];
    $tag = $channel->basic_consume($queue, callback: function (AMQPMessage $message) use (&$redelivered): void {
        $redelivered[] = $message->isRedelivered();
        match (count($redelivered)) {
            1 => $message->reject(true),
            2 => $message->nack(true, true),
            default => $message->reject(false),
        };
    });
    waitUntil($channel, function () use (&$redelivered): bool { return count($redelivered) === 3; }, 'two redeliveries');
    $channel->basic_cancel($tag);
    equal($redelivered, [false, true, true], 'redelivered');
    equal(countOf($queue), 0, 'count');
}));

step('get', fn () => withQueue('get', function (AMQPChannel $channel, string $queue): void {
    equal($channel->basic_get($queue), null, 'get from an empty queue');
    publishNumbered($channel, $queue, 2);
    $first = $channel->basic_get($queue);
    equal([$first->getBody(), $first->getMessageCount(), $first->getRoutingKey()], ['message 0', 1, $queue], 'message');
    $first->ack();
    equal($channel->basic_get($queue, true)->getBody(), 'message 1', 'second');
    equal($channel->basic_get($queue), null, 'get from an empty queue');
}));

step('return', fn () => withChannel(function (AMQPChannel $channel): void {
    $key = named('nowhere');
    $returned = null;
    $channel->set_return_listener(function (...$return) use (&$returned): void {
        $returned = $return;
    });
    $channel->confirm_select();
    $channel->basic_publish(new AMQPMessage('back', ['message_id' => 'm1']), '', $key, true);
    $channel->wait_for_pending_acks_returns(10);
    [$code, $text, $exchange, $routingKey, $message] = $returned;
    equal([$code, $text, $exchange, $routingKey], [312, 'NO_ROUTE', '', $key], 'return');
    equal([$message->getBody(), $message->get('message_id')], ['back', 'm1'], 'message');
}));

step('prefetch', fn () => withQueue('prefetch', function (AMQPChannel $channel, string $queue): void {
    publishNumbered($channel, $queue, 10);
    $channel->basic_qos(0, 3, false);
    $messages = [];
    $channel->basic_consume($queue, callback: function (AMQPMessage $message) use (&$messages): void {
        $messages[] = $message;
    });
    $atLeast = function (int $count) use (&$messages): callable {
        return function () use ($count, &$messages): bool { return count($messages) >= $count; };
    };
    waitUntil($channel, $atLeast(3), 'three deliveries');
    quiet($channel);
    equal(count($messages), 3, 'outstanding');
    equal(countOf($queue), 7, 'count');
    $messages[0]->ack();
    waitUntil($channel, $atLeast(4), 'a fourth delivery after an ack');
    quiet($channel);
    equal(count($messages), 4, 'deliveries');
}));

step('tx', fn () => withQueue('tx', function (AMQPChannel $channel, string $queue): void {
    $channel->tx_select();
    $channel->basic_publish(new AMQPMessage('rolled back'), '', $queue);
    $channel->tx_rollback();
    $channel->basic_publish(new AMQPMessage('one'), '', $queue);
    $channel->basic_publish(new AMQPMessage('two'), '', $queue);
    equal(countOf($queue), 0, 'count before the commit');
    $channel->tx_commit();
    equal(countOf($queue), 2, 'count after the commit');
    equal($channel->basic_get($queue, true)->getBody(), 'one', 'first');
}));

step('large-body', fn () => withQueue('large', function (AMQPChannel $channel, string $queue): void {
    $body = '';
    for ($offset = 0; $offset < LARGE_BODY_BYTES; $offset += 32) {
        $body .= hash('sha256', (string) $offset, true);
    }
    $channel->confirm_select();
    $channel->basic_publish(new AMQPMessage($body), '', $queue);
    $channel->wait_for_pending_acks(10);
    $message = $channel->basic_get($queue, true);
    equal($message->getBodySize(), strlen($body), 'body size');
    equal(hash('sha256', $message->getBody()), hash('sha256', $body), 'hash of the body');
}));

step('headers', fn () => withQueue('headers', function (AMQPChannel $channel, string $queue): void {
    $typed = [
        'bool' => [true, Type::T_BOOL],
        'byte' => [-128, Type::T_INT_SHORTSHORT],
        'unsigned-byte' => [255, Type::T_INT_SHORTSHORT_U],
        'short' => [-32768, Type::T_INT_SHORT],
        'unsigned-short' => [65535, Type::T_INT_SHORT_U],
        'int' => [-2147483648, Type::T_INT_LONG],
        'unsigned-int' => [4294967295, Type::T_INT_LONG_U],
        'long' => [PHP_INT_MIN, Type::T_INT_LONGLONG],
        'text' => ['grüße 🐇', Type::T_STRING_LONG],
        'bytes' => ["\0\xff\x01\xfe", Type::T_BYTES],
        'timestamp' => [1700000000, Type::T_TIMESTAMP],
        'nothing' => [null, Type::T_VOID],
        'decimal' => [new AMQPDecimal(314, 2), Type::T_DECIMAL],
        'array' => [new AMQPArray([1, 'two', [true, null]]), Type::T_ARRAY],
        'table' => [new AMQPTable(['inner' => ['innermost' => 'x']]), Type::T_TABLE],
    ];
    $table = new AMQPTable();
    foreach ($typed as $key => [$value, $type]) {
        $table->set($key, $value, $type);
    }
    $properties = [
        'content_type' => 'text/plain',
        'content_encoding' => 'utf-8',
        'delivery_mode' => 2,
        'priority' => 5,
        'correlation_id' => 'correlation',
        'reply_to' => 'reply',
        'expiration' => '60000',
        'message_id' => 'id',
        'timestamp' => 1700000001,
        'type' => 'type',
        'app_id' => 'app',
    ];
    $channel->confirm_select();
    $channel->basic_publish(new AMQPMessage('x', ['application_headers' => $table] + $properties), '', $queue);
    $channel->wait_for_pending_acks(10);
    $got = $channel->basic_get($queue, true)->get_properties();
    $plain = [
        'decimal' => ['n' => 314, 'e' => 2],
        'array' => [1, 'two', [true, null]],
        'table' => ['inner' => ['innermost' => 'x']],
    ];
    $headers = $got['application_headers']->getNativeData();
    foreach ($typed as $key => [$value]) {
        $have = $headers[$key] ?? null;
        if ($have instanceof AMQPDecimal) {
            $have = ['n' => $have->getN(), 'e' => $have->getE()];
        } elseif ($have instanceof DateTimeInterface) {
            $have = $have->getTimestamp();
        }
        equal(is_string($have) ? bin2hex($have) : $have, is_string($value) ? bin2hex($value) : $plain[$key] ?? $value, $key);
    }
    equal(count($headers), count($typed), 'number of headers');
    foreach ($properties as $name => $value) {
        equal($got[$name], $value, $name);
    }
}));

step('heartbeat', function (): void {
    $idle = connect(2);
    $channel = $idle->channel();
    [$queue] = $channel->queue_declare('', exclusive: true);
    $channel->basic_consume($queue, callback: fn () => null);
    // Waiting for deliveries is when this client reads, and sends, heartbeats; it throws when two are missing.
    $end = microtime(true) + 6.5;
    while (microtime(true) < $end) {
        try {
            $channel->wait(null, false, 0.5);
        } catch (AMQPTimeoutException) {
            $idle->checkHeartBeat();
        }
    }
    equal($channel->queue_declare($queue, passive: true)[0], $queue, 'the queue of the idle connection');
    $idle->close();
});

step('channel-error', fn () => withQueue('twice', function (AMQPChannel $_, string $queue): void {
    $failsWith = fn (int $code, callable $use) => withChannel(function (AMQPChannel $channel) use ($code, $use): void {
        try {
            $use($channel);
        } catch (AMQPProtocolChannelException $error) {
            equal($error->getCode(), $code, 'code');
            return;
        }
        throw new RuntimeException("no $code");
    });
    $failsWith(404, fn (AMQPChannel $channel) => $channel->queue_declare(named('absent'), passive: true));
    $failsWith(406, fn (AMQPChannel $channel) => $channel->queue_declare($queue, durable: true, auto_delete: false));
    equal(countOf($queue), 0, 'count');
}));

$restart = getenv('BROKER_RESTART');
if ($restart === false) {
    echo 'SKIP ' . CLIENT . ": restart: BROKER_RESTART is not set\n";
} else {
    step('restart', function () use ($restart): void {
        global $connection;
        $queue = named('restart');
        $channel = $connection->channel();
        $channel->queue_declare($queue, durable: true, auto_delete: false);
        publishNumbered($channel, $queue, 50, PERSISTENT);
        passthru("bash -c " . escapeshellarg($restart) . ' >&2', $status);
        equal($status, 0, 'status of the restart command');
        $connection->reconnect();
        equal(countOf($queue), 50, 'count');
        withChannel(function (AMQPChannel $channel) use ($queue): void {
            for ($number = 0; $number < 50; $number++) {
                $message = $channel->basic_get($queue);
                equal([$message->getBody(), $message->get('delivery_mode')], ["message $number", 2], 'message');
                $message->ack();
            }
            equal($channel->queue_delete($queue), 0, 'left');
        });
    });
}

exit($failedCount === 0 ? 0 : 1);
