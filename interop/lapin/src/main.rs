//! The Rust client lapin against a broker.

use std::{env, future::Future, process::Command, time::Duration};

use futures_lite::StreamExt;
use lapin::{
    message::{BasicGetMessage, Delivery},
    options::*,
    types::{AMQPValue, DecimalValue, FieldTable, ShortString},
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer, ErrorKind, ExchangeKind,
};
use tokio::time::{sleep, timeout};

const CLIENT: &str = "lapin";
const LARGE_BODY_BYTES: u32 = 3 * 1024 * 1024 + 17;
const STEP_LIMIT: Duration = Duration::from_secs(40);
const WAIT_LIMIT: Duration = Duration::from_secs(10);

type Step = Result<(), Box<dyn std::error::Error>>;

/// Fails the step unless both are equal.
macro_rules! equal {
    ($what:expr, $have:expr, $want:expr) => {{
        let (have, want) = (&$have, &$want);
        if have != want {
            return Err(format!("{}: got {:?}, expected {:?}", $what, have, want).into());
        }
    }};
}

fn named(what: &str) -> ShortString {
    format!("interop.{CLIENT}.{}.{what}", std::process::id()).into()
}

fn url() -> String {
    env::var("AMQP_URL").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672".into())
}

fn body(number: usize) -> Vec<u8> {
    format!("message {number}").into_bytes()
}

fn persistent() -> BasicProperties {
    BasicProperties::default().with_delivery_mode(2)
}

async fn connect(url: &str) -> lapin::Result<Connection> {
    Connection::connect(url, ConnectionProperties::default()).await
}

/// A queue of its own on a channel of its own, in confirm mode.
async fn queue_of(connection: &Connection, what: &str) -> lapin::Result<(Channel, ShortString)> {
    let channel = connection.create_channel().await?;
    let options = QueueDeclareOptions { auto_delete: false, ..Default::default() };
    channel.queue_declare(named(what), options, FieldTable::default()).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok((channel, named(what)))
}

async fn drop_queue(connection: &Connection, channel: Channel, queue: ShortString) -> lapin::Result<u32> {
    channel.close(200, "done".into()).await?;
    let other = connection.create_channel().await?;
    let left = other.queue_delete(queue, QueueDeleteOptions::default()).await?;
    other.close(200, "done".into()).await?;
    Ok(left)
}

async fn publish(channel: &Channel, queue: &ShortString, body: &[u8], properties: BasicProperties) -> lapin::Result<Confirmation> {
    let options = BasicPublishOptions { mandatory: true, ..Default::default() };
    channel.basic_publish("".into(), queue.clone(), options, body, properties).await?.await
}

async fn publish_numbered(channel: &Channel, queue: &ShortString, count: usize) -> Step {
    for number in 0..count {
        equal!("confirmation", publish(channel, queue, &body(number), persistent()).await?, Confirmation::Ack(None));
    }
    Ok(())
}

async fn count(connection: &Connection, queue: &ShortString) -> lapin::Result<u32> {
    let channel = connection.create_channel().await?;
    let options = QueueDeclareOptions { passive: true, ..Default::default() };
    let declared = channel.queue_declare(queue.clone(), options, FieldTable::default()).await?;
    channel.close(200, "done".into()).await?;
    Ok(declared.message_count())
}

async fn consume(channel: &Channel, queue: &ShortString, tag: &str) -> lapin::Result<Consumer> {
    channel.basic_consume(queue.clone(), tag.into(), BasicConsumeOptions::default(), FieldTable::default()).await
}

async fn next(consumer: &mut Consumer) -> Result<Delivery, Box<dyn std::error::Error>> {
    let delivery = timeout(WAIT_LIMIT, consumer.next()).await.map_err(|_| "timed out: a delivery")?;
    Ok(delivery.ok_or("the consumer ended")??)
}

async fn quiet(consumer: &mut Consumer) -> Step {
    match timeout(Duration::from_millis(200), consumer.next()).await {
        Err(_) => Ok(()),
        Ok(_) => Err("one delivery too many".into()),
    }
}

async fn get(channel: &Channel, queue: &ShortString, no_ack: bool) -> lapin::Result<Option<BasicGetMessage>> {
    channel.basic_get(queue.clone(), BasicGetOptions { no_ack }).await
}

async fn declare(connection: &Connection) -> Step {
    let channel = connection.create_channel().await?;
    let (queue, exchange) = (named("declare"), named("exchange"));
    let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
    channel.exchange_declare(exchange.clone(), ExchangeKind::Topic, options, FieldTable::default()).await?;
    let options = QueueDeclareOptions { durable: true, ..Default::default() };
    let declared = channel.queue_declare(queue.clone(), options, FieldTable::default()).await?;
    equal!("counts", (declared.message_count(), declared.consumer_count()), (0, 0));
    let (none, bind) = (FieldTable::default(), QueueBindOptions::default());
    channel.queue_bind(queue.clone(), exchange.clone(), "a.#".into(), bind, none.clone()).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    for key in ["a.b.c", "b.a"] {
        let options = BasicPublishOptions::default();
        channel.basic_publish(exchange.clone(), key.into(), options, b"x", persistent()).await?.await?;
    }
    equal!("count", count(connection, &queue).await?, 1);
    let exclusive = QueueDeclareOptions { exclusive: true, ..Default::default() };
    let server_named = channel.queue_declare("".into(), exclusive, none.clone()).await?;
    equal!("server-named", server_named.name().as_str().starts_with("amq.gen-"), true);
    channel.queue_unbind(queue.clone(), exchange.clone(), "a.#".into(), none).await?;
    channel.exchange_delete(exchange, ExchangeDeleteOptions { if_unused: true, ..Default::default() }).await?;
    equal!("purged", channel.queue_purge(queue.clone(), QueuePurgeOptions::default()).await?, 1);
    equal!("left", drop_queue(connection, channel, queue).await?, 0);
    Ok(())
}

async fn publish_confirm(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "confirm").await?;
    let mut confirms = Vec::new();
    for number in 0..100 {
        let options = BasicPublishOptions::default();
        confirms.push(channel.basic_publish("".into(), queue.clone(), options, &body(number), persistent()).await?);
    }
    for confirm in confirms {
        equal!("confirmation", confirm.await?, Confirmation::Ack(None));
    }
    equal!("left", drop_queue(connection, channel, queue).await?, 100);
    Ok(())
}

async fn consume_ack(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "consume").await?;
    publish_numbered(&channel, &queue, 10).await?;
    let mut consumer = consume(&channel, &queue, "tag").await?;
    for number in 0..10 {
        let delivery = next(&mut consumer).await?;
        equal!("delivery", (&delivery.data, delivery.redelivered), (&body(number), false));
        delivery.ack(BasicAckOptions::default()).await?;
    }
    channel.basic_cancel("tag".into(), BasicCancelOptions::default()).await?;
    equal!("left", drop_queue(connection, channel, queue).await?, 0);
    Ok(())
}

async fn reject(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "reject").await?;
    publish_numbered(&channel, &queue, 1).await?;
    let mut consumer = consume(&channel, &queue, "tag").await?;
    next(&mut consumer).await?.reject(BasicRejectOptions { requeue: true }).await?;
    let again = next(&mut consumer).await?;
    equal!("redelivered", again.redelivered, true);
    again.nack(BasicNackOptions { requeue: true, multiple: true }).await?;
    next(&mut consumer).await?.reject(BasicRejectOptions { requeue: false }).await?;
    quiet(&mut consumer).await?;
    channel.basic_cancel("tag".into(), BasicCancelOptions::default()).await?;
    equal!("left", drop_queue(connection, channel, queue).await?, 0);
    Ok(())
}

async fn get_one(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "get").await?;
    equal!("empty", get(&channel, &queue, false).await?.is_none(), true);
    publish_numbered(&channel, &queue, 2).await?;
    let first = get(&channel, &queue, false).await?.ok_or("no message")?;
    equal!("first", (&first.data, first.message_count), (&body(0), 1));
    first.ack(BasicAckOptions::default()).await?;
    let second = get(&channel, &queue, true).await?.ok_or("no message")?;
    equal!("second", second.data, body(1));
    equal!("left", drop_queue(connection, channel, queue).await?, 0);
    Ok(())
}

async fn returned(connection: &Connection) -> Step {
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    let key = named("nowhere");
    let confirmation = publish(&channel, &key, b"back", persistent()).await?;
    equal!("confirmed", confirmation.is_ack(), true);
    let message = confirmation.take_message().ok_or("the message was not returned")?;
    equal!("return", (message.reply_code, message.reply_text.as_str()), (312, "NO_ROUTE"));
    equal!("message", (&message.delivery.data[..], &message.delivery.routing_key), (&b"back"[..], &key));
    channel.close(200, "done".into()).await?;
    Ok(())
}

async fn prefetch(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "prefetch").await?;
    publish_numbered(&channel, &queue, 10).await?;
    channel.basic_qos(3, BasicQosOptions::default()).await?;
    let mut consumer = consume(&channel, &queue, "tag").await?;
    let first = next(&mut consumer).await?;
    next(&mut consumer).await?;
    next(&mut consumer).await?;
    quiet(&mut consumer).await?;
    equal!("count", count(connection, &queue).await?, 7);
    first.ack(BasicAckOptions::default()).await?;
    next(&mut consumer).await?;
    quiet(&mut consumer).await?;
    drop_queue(connection, channel, queue).await?;
    Ok(())
}

async fn tx(connection: &Connection) -> Step {
    let (confirming, queue) = queue_of(connection, "tx").await?;
    let channel = connection.create_channel().await?;
    channel.tx_select().await?;
    let options = BasicPublishOptions::default();
    channel.basic_publish("".into(), queue.clone(), options, b"rolled back", persistent()).await?;
    channel.tx_rollback().await?;
    for number in 0..2 {
        channel.basic_publish("".into(), queue.clone(), options, &body(number), persistent()).await?;
    }
    equal!("count before the commit", count(connection, &queue).await?, 0);
    channel.tx_commit().await?;
    equal!("count after the commit", count(connection, &queue).await?, 2);
    channel.close(200, "done".into()).await?;
    equal!("left", drop_queue(connection, confirming, queue).await?, 2);
    Ok(())
}

async fn large_body(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "large").await?;
    let words = (0..LARGE_BODY_BYTES / 4).flat_map(|word| word.wrapping_mul(2_654_435_761).to_be_bytes());
    let large: Vec<u8> = words.chain([7]).collect();
    equal!("confirmation", publish(&channel, &queue, &large, persistent()).await?, Confirmation::Ack(None));
    let message = get(&channel, &queue, true).await?.ok_or("no message")?;
    equal!("the bodies are the same", message.data == large, true);
    drop_queue(connection, channel, queue).await?;
    Ok(())
}

async fn headers(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "headers").await?;
    let mut inner = FieldTable::default();
    inner.insert("innermost".into(), AMQPValue::LongString("x".into()));
    inner.insert("empty".into(), AMQPValue::FieldTable(FieldTable::default()));
    let array = vec![AMQPValue::LongInt(1), AMQPValue::LongString("two".into()), AMQPValue::FieldArray(vec![AMQPValue::Void].into())];
    let values = [
        ("bool", AMQPValue::Boolean(true)),
        ("i8", AMQPValue::ShortShortInt(i8::MIN)),
        ("u8", AMQPValue::ShortShortUInt(u8::MAX)),
        ("i16", AMQPValue::ShortInt(i16::MIN)),
        ("u16", AMQPValue::ShortUInt(u16::MAX)),
        ("i32", AMQPValue::LongInt(i32::MIN)),
        ("u32", AMQPValue::LongUInt(u32::MAX)),
        ("i64", AMQPValue::LongLongInt(i64::MIN)),
        ("f32", AMQPValue::Float(0.5)),
        ("f64", AMQPValue::Double(0.1)),
        ("decimal", AMQPValue::DecimalValue(DecimalValue { scale: 2, value: 314 })),
        ("text", AMQPValue::LongString("grüße 🐇".into())),
        ("bytes", AMQPValue::ByteArray(vec![0, 255, 1, 254].into())),
        ("timestamp", AMQPValue::Timestamp(1_700_000_000)),
        ("nothing", AMQPValue::Void),
        ("array", AMQPValue::FieldArray(array.into())),
        ("table", AMQPValue::FieldTable(inner)),
    ];
    let mut table = FieldTable::default();
    for (key, value) in values {
        table.insert(key.into(), value);
    }
    let sent = persistent()
        .with_content_type("text/plain".into())
        .with_content_encoding("utf-8".into())
        .with_headers(table)
        .with_priority(5)
        .with_correlation_id("correlation".into())
        .with_reply_to("reply".into())
        .with_expiration("60000".into())
        .with_message_id("id".into())
        .with_timestamp(1_700_000_001)
        .with_type("type".into())
        .with_app_id("app".into());
    equal!("confirmation", publish(&channel, &queue, b"x", sent.clone()).await?, Confirmation::Ack(None));
    let message = get(&channel, &queue, true).await?.ok_or("no message")?;
    equal!("properties", message.properties, sent);
    drop_queue(connection, channel, queue).await?;
    Ok(())
}

async fn heartbeat() -> Step {
    let separator = if url().contains('?') { '&' } else { '?' };
    let idle = connect(&format!("{}{separator}heartbeat=1", url())).await?;
    equal!("negotiated heartbeat", idle.configuration().heartbeat(), 1);
    sleep(Duration::from_millis(5500)).await;
    equal!("connected", idle.status().connected(), true);
    let channel = idle.create_channel().await?;
    let exclusive = QueueDeclareOptions { exclusive: true, ..Default::default() };
    channel.queue_declare("".into(), exclusive, FieldTable::default()).await?;
    idle.close(200, "done".into()).await?;
    Ok(())
}

fn code_of<T>(result: lapin::Result<T>) -> u16 {
    match result.map_err(|error| error.kind().clone()) {
        Err(ErrorKind::ProtocolError(error)) => error.get_id(),
        _ => 0,
    }
}

async fn channel_error(connection: &Connection) -> Step {
    let (channel, queue) = queue_of(connection, "twice").await?;
    let passive = QueueDeclareOptions { passive: true, ..Default::default() };
    let failing = connection.create_channel().await?;
    equal!("code", code_of(failing.queue_declare(named("absent"), passive, FieldTable::default()).await), 404);
    let durable = QueueDeclareOptions { durable: true, ..Default::default() };
    let failing = connection.create_channel().await?;
    equal!("code", code_of(failing.queue_declare(queue.clone(), durable, FieldTable::default()).await), 406);
    equal!("count", count(connection, &queue).await?, 0);
    drop_queue(connection, channel, queue).await?;
    Ok(())
}

async fn restart(connection: &Connection, command: String) -> Step {
    let channel = connection.create_channel().await?;
    let queue = named("restart");
    let durable = QueueDeclareOptions { durable: true, ..Default::default() };
    channel.queue_declare(queue.clone(), durable, FieldTable::default()).await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    publish_numbered(&channel, &queue, 50).await?;
    let status = Command::new("bash").args(["-c", &format!("{{ {command}; }} >&2")]).status()?;
    equal!("restarted", status.success(), true);
    let connection = connect(&url()).await?;
    equal!("count", count(&connection, &queue).await?, 50);
    let channel = connection.create_channel().await?;
    let mut consumer = consume(&channel, &queue, "tag").await?;
    for number in 0..50 {
        let delivery = next(&mut consumer).await?;
        equal!("message", (&delivery.data, delivery.properties.delivery_mode()), (&body(number), &Some(2)));
        delivery.ack(BasicAckOptions::default()).await?;
    }
    channel.basic_cancel("tag".into(), BasicCancelOptions::default()).await?;
    equal!("left", drop_queue(&connection, channel, queue).await?, 0);
    connection.close(200, "done".into()).await?;
    Ok(())
}

/// Runs one step and reports it; answers whether it passed.
async fn report(name: &str, body: impl Future<Output = Step>) -> bool {
    let reason = match timeout(STEP_LIMIT, body).await {
        Ok(Ok(())) => {
            println!("PASS {CLIENT}: {name}");
            return true;
        }
        Ok(Err(error)) => error.to_string(),
        Err(_) => "over the step's time limit".into(),
    };
    println!("FAIL {CLIENT}: {name}: {}", reason.lines().next().unwrap_or_default());
    false
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Step {
    let connection = connect(&url()).await?;
    let mut passed = vec![
        report("declare", declare(&connection)).await,
        report("publish-confirm", publish_confirm(&connection)).await,
        report("consume-ack", consume_ack(&connection)).await,
        report("reject", reject(&connection)).await,
        report("get", get_one(&connection)).await,
        report("return", returned(&connection)).await,
        report("prefetch", prefetch(&connection)).await,
        report("tx", tx(&connection)).await,
        report("large-body", large_body(&connection)).await,
        report("headers", headers(&connection)).await,
        report("heartbeat", heartbeat()).await,
        report("channel-error", channel_error(&connection)).await,
    ];
    match env::var("BROKER_RESTART") {
        Ok(command) => passed.push(report("restart", restart(&connection, command)).await),
        Err(_) => println!("SKIP {CLIENT}: restart: BROKER_RESTART is not set"),
    }
    let _ = timeout(Duration::from_secs(2), connection.close(200, "done".into())).await;
    std::process::exit(i32::from(passed.contains(&false)))
}
