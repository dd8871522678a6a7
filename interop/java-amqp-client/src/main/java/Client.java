import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The Java client amqp-client against a broker. */
public final class Client {
  private static final String RUN = UUID.randomUUID().toString().substring(0, 8);
  private static final int LARGE_BODY_BYTES = 3 * 1024 * 1024 + 17;

  private interface ChannelUse {
    void on(Channel channel) throws Exception;
  }

  private interface QueueUse {
    void on(Channel channel, String queue) throws Exception;
  }

  private final ConnectionFactory factory;
  private Connection connection;

  private Client(ConnectionFactory factory) throws Exception {
    this.factory = factory;
    this.connection = factory.newConnection();
  }

  private static String named(String what) {
    return "interop." + Steps.CLIENT + "." + RUN + "." + what;
  }

  private static byte[] body(int number) {
    return ("message " + number).getBytes(StandardCharsets.UTF_8);
  }

  private void withChannel(ChannelUse use) throws Exception {
    Channel channel = connection.createChannel();
    try {
      use.on(channel);
    } finally {
      if (channel.isOpen()) channel.close();
    }
  }

  private void withQueue(String what, QueueUse use) throws Exception {
    String queue = named(what);
    try {
      withChannel(
          channel -> {
            channel.queueDeclare(queue, false, false, false, null);
            use.on(channel, queue);
          });
    } finally {
      withChannel(channel -> channel.queueDelete(queue));
    }
  }

  private int count(String queue) throws Exception {
    int[] count = new int[1];
    withChannel(channel -> count[0] = channel.queueDeclarePassive(queue).getMessageCount());
    return count[0];
  }

  private static void publishNumbered(Channel channel, String queue, int count) throws Exception {
    channel.confirmSelect();
    for (int number = 0; number < count; number++) {
      channel.basicPublish("", queue, MessageProperties.MINIMAL_PERSISTENT_BASIC, body(number));
    }
    channel.waitForConfirmsOrDie(Steps.WAIT_LIMIT_MS);
  }

  private static BlockingQueue<Delivery> consume(Channel channel, String queue, String tag) throws IOException {
    BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    channel.basicConsume(queue, false, tag, (consumerTag, delivery) -> deliveries.add(delivery), consumerTag -> {});
    return deliveries;
  }

  private void declare() throws Exception {
    withChannel(
        channel -> {
          String queue = named("declare"), source = named("source"), exchange = named("exchange");
          channel.exchangeDeclare(source, BuiltinExchangeType.FANOUT, false, false, null);
          channel.exchangeDeclare(exchange, BuiltinExchangeType.HEADERS, true, false, true, null);
          channel.exchangeDeclarePassive(exchange);
          AMQP.Queue.DeclareOk declared = channel.queueDeclare(queue, true, false, false, null);
          Steps.equal("counts", List.of(declared.getMessageCount(), declared.getConsumerCount()), List.of(0, 0));
          Map<String, Object> match = Map.of("x-match", "all", "colour", "green", "size", 3);
          channel.exchangeBind(exchange, source, "");
          channel.queueBind(queue, exchange, "", match);
          channel.confirmSelect();
          for (String colour : List.of("green", "red")) {
            Map<String, Object> headers = Map.of("colour", colour, "size", 3);
            channel.basicPublish(source, "", new BasicProperties.Builder().headers(headers).build(), body(0));
          }
          channel.waitForConfirmsOrDie(Steps.WAIT_LIMIT_MS);
          Steps.equal("count", count(queue), 1);
          Steps.equal("server-named", channel.queueDeclare().getQueue().startsWith("amq.gen-"), true);
          channel.queueUnbind(queue, exchange, "", match);
          channel.exchangeUnbind(exchange, source, "");
          channel.exchangeDelete(source, true);
          channel.exchangeDelete(exchange, true);
          Steps.equal("purged", channel.queuePurge(queue).getMessageCount(), 1);
          Steps.equal("left", channel.queueDelete(queue, true, true).getMessageCount(), 0);
        });
  }

  private void publishConfirm() throws Exception {
    withQueue(
        "confirm",
        (channel, queue) -> {
          long[] confirmed = new long[2];
          channel.addConfirmListener(
              (tag, multiple) -> confirmed[0] = Math.max(confirmed[0], tag), (tag, multiple) -> confirmed[1]++);
          publishNumbered(channel, queue, 100);
          Steps.equal("last confirmed", confirmed[0], 100L);
          Steps.equal("nacks", confirmed[1], 0L);
          Steps.equal("count", count(queue), 100);
        });
  }

  private void consumeAck() throws Exception {
    withQueue(
        "consume",
        (channel, queue) -> {
          publishNumbered(channel, queue, 10);
          BlockingQueue<Delivery> deliveries = consume(channel, queue, "tag");
          for (int number = 0; number < 10; number++) {
            Delivery delivery = Steps.receive(deliveries, "a delivery");
            Steps.equal("body", delivery.getBody(), body(number));
            Steps.equal("redelivered", delivery.getEnvelope().isRedeliver(), false);
            channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
          }
          channel.basicCancel("tag");
          Steps.equal("count", count(queue), 0);
        });
  }

  private void reject() throws Exception {
    withQueue(
        "reject",
        (channel, queue) -> {
          publishNumbered(channel, queue, 1);
          BlockingQueue<Delivery> deliveries = consume(channel, queue, "tag");
          channel.basicReject(Steps.receive(deliveries, "the message").getEnvelope().getDeliveryTag(), true);
          Delivery again = Steps.receive(deliveries, "the message again");
          Steps.equal("redelivered", again.getEnvelope().isRedeliver(), true);
          channel.basicNack(again.getEnvelope().getDeliveryTag(), true, true);
          channel.basicReject(Steps.receive(deliveries, "a third time").getEnvelope().getDeliveryTag(), false);
          Steps.quiet(deliveries, "a rejected message");
          channel.basicCancel("tag");
          Steps.equal("count", count(queue), 0);
        });
  }

  private void get() throws Exception {
    withQueue(
        "get",
        (channel, queue) -> {
          Steps.equal("empty", channel.basicGet(queue, false), null);
          publishNumbered(channel, queue, 2);
          GetResponse first = channel.basicGet(queue, false);
          Steps.equal("body", first.getBody(), body(0));
          Steps.equal("remaining", first.getMessageCount(), 1);
          channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
          Steps.equal("body", channel.basicGet(queue, true).getBody(), body(1));
          Steps.equal("empty", channel.basicGet(queue, true), null);
        });
  }

  private void returned() throws Exception {
    withChannel(
        channel -> {
          BlockingQueue<Return> returns = new LinkedBlockingQueue<>();
          channel.addReturnListener(returns::add);
          channel.confirmSelect();
          String key = named("nowhere");
          channel.basicPublish("", key, true, new BasicProperties.Builder().messageId("m1").build(), body(0));
          channel.waitForConfirmsOrDie(Steps.WAIT_LIMIT_MS);
          Return message = Steps.receive(returns, "the return");
          Steps.equal("return", List.of(message.getReplyCode(), message.getReplyText()), List.of(AMQP.NO_ROUTE, "NO_ROUTE"));
          Steps.equal("key", message.getRoutingKey(), key);
          Steps.equal("message id", message.getProperties().getMessageId(), "m1");
          Steps.equal("body", message.getBody(), body(0));
        });
  }

  private void prefetch() throws Exception {
    withQueue(
        "prefetch",
        (channel, queue) -> {
          publishNumbered(channel, queue, 10);
          channel.basicQos(3);
          BlockingQueue<Delivery> deliveries = consume(channel, queue, "tag");
          long first = Steps.receive(deliveries, "a first delivery").getEnvelope().getDeliveryTag();
          Steps.receive(deliveries, "a second delivery");
          Steps.receive(deliveries, "a third delivery");
          Steps.quiet(deliveries, "a delivery beyond the prefetch");
          Steps.equal("count", count(queue), 7);
          channel.basicAck(first, false);
          Steps.receive(deliveries, "a fourth delivery after an ack");
          Steps.quiet(deliveries, "a delivery beyond the prefetch");
        });
  }

  private void tx() throws Exception {
    withQueue(
        "tx",
        (channel, queue) -> {
          channel.txSelect();
          channel.basicPublish("", queue, null, body(9));
          channel.txRollback();
          channel.basicPublish("", queue, null, body(0));
          channel.basicPublish("", queue, null, body(1));
          Steps.equal("count before the commit", count(queue), 0);
          channel.txCommit();
          Steps.equal("count after the commit", count(queue), 2);
          channel.basicAck(channel.basicGet(queue, false).getEnvelope().getDeliveryTag(), false);
          channel.txRollback();
          channel.basicRecover(true);
          GetResponse again = channel.basicGet(queue, false);
          Steps.equal("body after the rollback of its ack", again.getBody(), body(0));
          Steps.equal("redelivered", again.getEnvelope().isRedeliver(), true);
          channel.basicAck(again.getEnvelope().getDeliveryTag(), false);
          channel.txCommit();
          Steps.equal("count", count(queue), 1);
        });
  }

  private void largeBody() throws Exception {
    withQueue(
        "large",
        (channel, queue) -> {
          ByteBuffer large = ByteBuffer.allocate(LARGE_BODY_BYTES);
          while (large.remaining() >= 4) large.putInt(large.position() * -1_640_531_535);
          channel.confirmSelect();
          channel.basicPublish("", queue, null, large.array());
          channel.waitForConfirmsOrDie(Steps.WAIT_LIMIT_MS);
          byte[] got = Steps.receive(consume(channel, queue, "tag"), "the delivery").getBody();
          Steps.equal("the bodies are the same", Arrays.equals(got, large.array()), true);
        });
  }

  /** Long strings arrive as a type of the library's own; everything else compares as it is. */
  private static Object plain(Object value) {
    if (value instanceof com.rabbitmq.client.LongString text) return text.toString();
    if (value instanceof byte[] bytes) return ByteBuffer.wrap(bytes);
    if (value instanceof List<?> list) {
      List<Object> items = new ArrayList<>();
      for (Object item : list) items.add(plain(item));
      return items;
    }
    if (value instanceof Map<?, ?> table) {
      Map<Object, Object> entries = new HashMap<>();
      table.forEach((key, item) -> entries.put(key, plain(item)));
      return entries;
    }
    return value;
  }

  private void headers() throws Exception {
    withQueue(
        "headers",
        (channel, queue) -> {
          Map<String, Object> headers = new HashMap<>();
          headers.put("boolean", true);
          headers.put("byte", Byte.MIN_VALUE);
          headers.put("short", Short.MIN_VALUE);
          headers.put("int", Integer.MIN_VALUE);
          headers.put("long", Long.MIN_VALUE);
          headers.put("float", 0.5f);
          headers.put("double", 0.1);
          headers.put("decimal", new BigDecimal("-3.14"));
          headers.put("text", "grüße 🐇");
          headers.put("bytes", new byte[] {0, -1, 1, -2});
          headers.put("timestamp", new Date(1_700_000_000_000L));
          headers.put("nothing", null);
          headers.put("array", Arrays.asList(1, "two", Arrays.asList(true, null), Map.of("three", 3L)));
          headers.put("table", Map.of("inner", Map.of("innermost", "x"), "empty", Map.of()));
          BasicProperties sent =
              new BasicProperties("text/plain", "utf-8", headers, 2, 5, "correlation", "reply", "60000", "id",
                  new Date(1_700_000_001_000L), "type", factory.getUsername(), "app", "cluster");
          channel.confirmSelect();
          channel.basicPublish("", queue, sent, body(0));
          channel.waitForConfirmsOrDie(Steps.WAIT_LIMIT_MS);
          BasicProperties got = channel.basicGet(queue, true).getProps();
          Steps.equal("headers", plain(got.getHeaders()), plain(headers));
          Steps.equal("properties", got.builder().headers(headers).build(), sent);
        });
  }

  private void heartbeat() throws Exception {
    ConnectionFactory heartbeating = factory.clone();
    heartbeating.setRequestedHeartbeat(1);
    heartbeating.setAutomaticRecoveryEnabled(false);
    Connection idle = heartbeating.newConnection();
    Steps.equal("negotiated heartbeat", idle.getHeartbeat(), 1);
    Thread.sleep(5_500);
    Steps.equal("open", idle.isOpen(), true);
    idle.createChannel().queueDeclare();
    idle.close();
  }

  private void failsWith(int code, ChannelUse use) throws Exception {
    withChannel(
        channel -> {
          try {
            use.on(channel);
          } catch (IOException error) {
            AMQP.Channel.Close close = (AMQP.Channel.Close) ((ShutdownSignalException) error.getCause()).getReason();
            Steps.equal("code", close.getReplyCode(), code);
            return;
          }
          throw new AssertionError("no " + code);
        });
  }

  private void channelError() throws Exception {
    withQueue(
        "twice",
        (channel, queue) -> {
          failsWith(404, failing -> failing.queueDeclarePassive(named("absent")));
          failsWith(406, failing -> failing.queueDeclare(queue, true, false, false, null));
          Steps.equal("count", count(queue), 0);
        });
  }

  private void restart(String command) throws Exception {
    // The library connects again by itself and brings exchange, queue, binding, prefetch and consumer back.
    ConnectionFactory recovering = factory.clone();
    recovering.setNetworkRecoveryInterval(300);
    Connection recovered = recovering.newConnection();
    Channel channel = recovered.createChannel();
    String queue = named("restart"), exchange = named("restart.exchange");
    channel.basicQos(5);
    channel.exchangeDeclare(exchange, BuiltinExchangeType.DIRECT, true);
    channel.queueDeclare(queue, true, false, false, null);
    channel.queueBind(queue, exchange, "key");
    publishNumbered(channel, queue, 50);
    BlockingQueue<Delivery> deliveries = consume(channel, queue, "tag");
    Steps.until("five deliveries before the restart", () -> deliveries.size() == 5);
    deliveries.clear();
    Process process = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    Steps.equal("status of the restart command", process.waitFor(), 0);
    for (int number = 0; number < 50; number++) {
      Delivery delivery = Steps.receive(deliveries, "message " + number + " of before the restart");
      Steps.equal("body", delivery.getBody(), body(number));
      Steps.equal("delivery mode", delivery.getProperties().getDeliveryMode(), 2);
      channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
    }
    channel.basicPublish(exchange, "key", null, body(50));
    Steps.equal("after the restart", Steps.receive(deliveries, "a message through the binding").getBody(), body(50));
    channel.queueDelete(queue);
    channel.exchangeDelete(exchange);
    recovered.close();
  }

  public static void main(String[] arguments) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(System.getenv().getOrDefault("AMQP_URL", "amqp://guest:guest@127.0.0.1:5672"));
    factory.setNetworkRecoveryInterval(300);
    Client client = new Client(factory);
    Steps.step("declare", client::declare);
    Steps.step("publish-confirm", client::publishConfirm);
    Steps.step("consume-ack", client::consumeAck);
    Steps.step("reject", client::reject);
    Steps.step("get", client::get);
    Steps.step("return", client::returned);
    Steps.step("prefetch", client::prefetch);
    Steps.step("tx", client::tx);
    Steps.step("large-body", client::largeBody);
    Steps.step("headers", client::headers);
    Steps.step("heartbeat", client::heartbeat);
    Steps.step("channel-error", client::channelError);
    String command = System.getenv("BROKER_RESTART");
    if (command == null) System.out.println("SKIP " + Steps.CLIENT + ": restart: BROKER_RESTART is not set");
    else Steps.step("restart", () -> client.restart(command));
    client.connection.abort(1_000);
    System.exit(Steps.failedCount == 0 ? 0 : 1);
  }
}
