# frozen_string_literal: true

# The Ruby client bunny against a broker.

require 'bunny'
require 'digest'
require 'logger'
require 'securerandom'
require 'timeout'

CLIENT = 'bunny'
URL = ENV.fetch('AMQP_URL', 'amqp://guest:guest@127.0.0.1:5672')
RUN = SecureRandom.hex(4)
LARGE_BODY_BYTES = (3 * 1024 * 1024) + 17
STEP_LIMIT_SECONDS = 40
NUMBERED = ->(count) { Array.new(count) { |number| "message #{number}" } }

$stdout.sync = true
@failed_count = 0

def named(what) = "interop.#{CLIENT}.#{RUN}.#{what}"

def connect(**options)
  Bunny.new(URL, logger: Logger.new($stderr, level: Logger::FATAL), **options).start
end

def step(name)
  Timeout.timeout(STEP_LIMIT_SECONDS) { yield }
  puts "PASS #{CLIENT}: #{name}"
rescue Exception => e # rubocop:disable Lint/RescueException -- a time-out is none of the standard errors
  @failed_count += 1
  puts "FAIL #{CLIENT}: #{name}: #{e.class} #{e.message.lines.first&.chomp}"
  warn e.full_message(highlight: false)
end

def equal(got, expected, what)
  raise "#{what}: got #{got.inspect}, expected #{expected.inspect}" unless got == expected
end

def wait_until(what, seconds: 10)
  deadline = Time.now + seconds
  until yield
    raise "timed out: #{what}" if Time.now > deadline

    sleep 0.01
  end
end

@connection = connect

def with_channel
  channel = @connection.create_channel
  yield channel
ensure
  channel.close if channel&.open?
end

def with_queue(what)
  name = named(what)
  with_channel { |channel| yield channel, channel.queue(name) }
ensure
  with_channel { |channel| channel.queue_delete(name) }
end

def count(name)
  with_channel { |channel| channel.queue_declare(name, passive: true).message_count }
end

def publish_numbered(channel, queue, count, **options)
  channel.confirm_select
  NUMBERED[count].each { |body| queue.publish(body, **options) }
  equal(channel.wait_for_confirms, true, 'confirms')
end

step('declare') do
  with_channel do |channel|
    source = channel.fanout(named('source'))
    exchange = channel.topic(named('exchange'), durable: true)
    queue = channel.queue(named('declare'), durable: true)
    exchange.bind(source)
    queue.bind(exchange, routing_key: 'a.*.c')
    channel.confirm_select
    source.publish('in', routing_key: 'a.b.c')
    source.publish('out', routing_key: 'a.b')
    channel.wait_for_confirms
    equal([queue.message_count, queue.consumer_count], [1, 0], 'counts')
    equal(channel.queue('', exclusive: true).name.start_with?('amq.gen-'), true, 'server-named queue')
    queue.unbind(exchange, routing_key: 'a.*.c')
    exchange.unbind(source)
    source.delete
    exchange.delete(if_unused: true)
    equal(channel.queue_purge(queue.name).message_count, 1, 'purged')
    equal(channel.queue_delete(queue.name, if_unused: true, if_empty: true).message_count, 0, 'left')
  end
end

step('publish-confirm') do
  with_queue('confirm') do |channel, queue|
    confirmed = []
    channel.confirm_select(->(tag, multiple, nack) { confirmed << [tag, multiple, nack] })
    NUMBERED[100].each { |body| queue.publish(body, persistent: true) }
    equal(channel.wait_for_confirms, true, 'confirms')
    equal(confirmed.map(&:last).uniq, [false], 'nacks')
    equal(confirmed.map(&:first).max, 100, 'last confirmed')
    equal(count(queue.name), 100, 'count')
  end
end

step('consume-ack') do
  with_queue('consume') do |channel, queue|
    publish_numbered(channel, queue, 10)
    got = []
    consumer = queue.subscribe(manual_ack: true) do |delivery, _properties, body|
      got << [body, delivery.redelivered?]
      channel.ack(delivery.delivery_tag)
    end
    wait_until('ten deliveries') { got.size == 10 }
    consumer.cancel
    equal(got, NUMBERED[10].map { |body| [body, false] }, 'deliveries')
    equal(count(queue.name), 0, 'count')
  end
end

step('reject') do
  with_queue('reject') do |channel, queue|
    publish_numbered(channel, queue, 1)
    redelivered = []
    consumer = queue.subscribe(manual_ack: true) do |delivery, _properties, _body|
      redelivered << delivery.redelivered?
      case redelivered.size
      when 1 then channel.reject(delivery.delivery_tag, true)
      when 2 then channel.nack(delivery.delivery_tag, true, true)
      else channel.reject(delivery.delivery_tag, false)
      end
    end
    wait_until('two redeliveries') { redelivered.size == 3 }
    consumer.cancel
    equal(redelivered, [false, true, true], 'redelivered')
    equal(count(queue.name), 0, 'count')
  end
end

step('get') do
  with_queue('get') do |channel, queue|
    equal(queue.pop, [nil, nil, nil], 'pop from an empty queue')
    publish_numbered(channel, queue, 2)
    delivery, _properties, body = queue.pop(manual_ack: true)
    equal([body, delivery.redelivered?, delivery.routing_key], ['message 0', false, queue.name], 'message')
    channel.ack(delivery.delivery_tag)
    equal(queue.pop.last, 'message 1', 'second')
    equal(queue.pop, [nil, nil, nil], 'pop from an empty queue')
  end
end

step('return') do
  with_channel do |channel|
    exchange = channel.default_exchange
    returned = []
    exchange.on_return { |*message| returned << message }
    channel.confirm_select
    key = named('nowhere')
    exchange.publish('back', routing_key: key, mandatory: true, message_id: 'm1')
    channel.wait_for_confirms
    wait_until('the return') { returned.size == 1 }
    info, properties, body = returned.first
    equal([info.reply_code, info.reply_text, info.routing_key], [312, 'NO_ROUTE', key], 'return')
    equal([properties.message_id, body], %w[m1 back], 'message')
  end
end

step('prefetch') do
  with_queue('prefetch') do |channel, queue|
    publish_numbered(channel, queue, 10)
    channel.prefetch(3)
    tags = []
    queue.subscribe(manual_ack: true) { |delivery, *| tags << delivery.delivery_tag }
    wait_until('three deliveries') { tags.size >= 3 }
    sleep 0.2
    equal(tags.size, 3, 'outstanding')
    equal(count(queue.name), 7, 'count')
    channel.ack(tags.first)
    wait_until('a fourth delivery after an ack') { tags.size >= 4 }
    sleep 0.2
    equal(tags.size, 4, 'deliveries')
  end
end

step('tx') do
  with_queue('tx') do |channel, queue|
    channel.tx_select
    queue.publish('rolled back')
    channel.tx_rollback
    queue.publish('one')
    queue.publish('two')
    equal(count(queue.name), 0, 'count before the commit')
    channel.tx_commit
    equal(count(queue.name), 2, 'count after the commit')
  end
end

step('large-body') do
  with_queue('large') do |channel, queue|
    body = Random.new(1).bytes(LARGE_BODY_BYTES)
    channel.confirm_select
    queue.publish(body)
    channel.wait_for_confirms
    got = queue.pop.last
    equal([got.bytesize, Digest::SHA256.hexdigest(got)], [body.bytesize, Digest::SHA256.hexdigest(body)], 'body')
  end
end

step('headers') do
  with_queue('headers') do |channel, queue|
    headers = {
      'yes' => true,
      'no' => false,
      'long' => -9_223_372_036_854_775_808,
      'double' => 0.1,
      'text' => 'grüße 🐇'.b,
      'timestamp' => Time.at(1_700_000_000),
      'nothing' => nil,
      'array' => [1, 'two', ['nested'], { 'three' => 3 }],
      'table' => { 'inner' => { 'innermost' => 'x' }, 'empty' => {} }
    }
    properties = {
      content_type: 'text/plain', content_encoding: 'utf-8', priority: 5, correlation_id: 'correlation',
      reply_to: 'reply', expiration: '60000', message_id: 'id', type: 'type', app_id: 'app'
    }
    sent_at = Time.at(1_700_000_001)
    channel.confirm_select
    queue.publish('x', headers: headers, persistent: true, timestamp: sent_at.to_i, **properties)
    channel.wait_for_confirms
    _delivery, got, _body = queue.pop
    equal(got.headers, headers, 'headers')
    equal([got.delivery_mode, got.timestamp], [2, sent_at], 'delivery mode and timestamp')
    properties.each { |name, value| equal(got[name], value, name) }
  end
end

step('heartbeat') do
  idle = connect(heartbeat: 1, automatically_recover: false)
  equal(idle.heartbeat, 1, 'negotiated heartbeat')
  sleep 5.5
  equal(idle.open?, true, 'open')
  idle.create_channel.queue('', exclusive: true)
  idle.close
end

step('channel-error') do
  fails_with = lambda do |error, &use|
    with_channel(&use)
    raise "no #{error}"
  rescue error => e
    e.channel_close.reply_code
  end
  with_queue('twice') do |_channel, queue|
    code = fails_with.call(Bunny::NotFound) { |channel| channel.queue(named('absent'), passive: true) }
    equal(code, 404, 'code')
    code = fails_with.call(Bunny::PreconditionFailed) { |channel| channel.queue(queue.name, durable: true) }
    equal(code, 406, 'code')
    equal(count(queue.name), 0, 'count')
  end
end

if ENV.key?('BROKER_RESTART')
  step('restart') do
    # Bunny connects again by itself and brings channel, prefetch and consumer back.
    connection = connect(network_recovery_interval: 0.3, recover_from_connection_close: true)
    channel = connection.create_channel
    channel.prefetch(5)
    queue = channel.queue(named('restart'), durable: true)
    publish_numbered(channel, queue, 50, persistent: true)
    held = []
    got = []
    restarted = false
    queue.subscribe(manual_ack: true) do |delivery, properties, body|
      if restarted
        got << [body, properties.delivery_mode]
        channel.ack(delivery.delivery_tag)
      else
        held << body
      end
    end
    wait_until('five deliveries before the restart') { held.size == 5 }
    restarted = true
    system('bash', '-c', ENV.fetch('BROKER_RESTART'), out: $stderr, exception: true)
    wait_until('the fifty messages of before the restart', seconds: 20) { got.size >= 50 }
    equal(got, NUMBERED[50].map { |body| [body, 2] }, 'messages')
    queue.delete
    connection.close
  end
else
  puts "SKIP #{CLIENT}: restart: BROKER_RESTART is not set"
end

begin
  @connection.close
rescue StandardError
  # The steps have been judged.
end
exit(@failed_count.zero? ? 0 : 1)
