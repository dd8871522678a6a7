import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The steps: how one is run and reported, and what may fail it. */
final class Steps {
  static final String CLIENT = "java-amqp-client";
  static final int WAIT_LIMIT_MS = 10_000;
  static int failedCount = 0;

  interface Body {
    void run() throws Exception;
  }

  private Steps() {}

  static void step(String name, Body body) {
    try {
      body.run();
      System.out.println("PASS " + CLIENT + ": " + name);
    } catch (Exception | AssertionError error) {
      failedCount++;
      System.out.println("FAIL " + CLIENT + ": " + name + ": " + String.valueOf(error).lines().findFirst().orElse(""));
      error.printStackTrace();
    }
  }

  static void equal(String what, Object got, Object expected) {
    if (!Objects.deepEquals(got, expected)) {
      throw new AssertionError(what + ": got " + got + ", expected " + expected);
    }
  }

  static void until(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.currentTimeMillis() + 2 * WAIT_LIMIT_MS;
    while (!condition.getAsBoolean()) {
      if (System.currentTimeMillis() > deadline) throw new AssertionError("timed out: " + what);
      Thread.sleep(10);
    }
  }

  static <T> T receive(BlockingQueue<T> from, String what) throws InterruptedException {
    T value = from.poll(WAIT_LIMIT_MS, TimeUnit.MILLISECONDS);
    if (value == null) throw new AssertionError("timed out: " + what);
    return value;
  }

  static void quiet(BlockingQueue<?> from, String what) throws InterruptedException {
    if (from.poll(200, TimeUnit.MILLISECONDS) != null) throw new AssertionError("one too many: " + what);
  }
}
