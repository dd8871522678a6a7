// The books of --verify: which message number of which producer reached which queue, how often, and in what order.
// One bit per message, so ten million messages cost little more than a megabyte.

export interface AuditResult {
  readonly lost: number;
  readonly duplicates: number;
  readonly disordered: number;
}

export class DeliveryAudit {
  private readonly seen = new Map<string, SeenNumbers>();
  private duplicates = 0;
  private disordered = 0;

  /**
   * Notes one delivery. `scope` is the queue, or one name for all where each message goes to only one of them;
   * `lastNumbers` belongs to the consumer and holds the highest number it has had from each producer.
   */
  delivered(
    scope: string,
    lastNumbers: Map<number, number>,
    producer: number,
    messageNumber: number,
    redelivered: boolean,
  ): void {
    if (!this.numbersOf(scope, producer).add(messageNumber)) {
      this.duplicates++;
      return;
    }
    const last = lastNumbers.get(producer) ?? -1;
    if (messageNumber > last) lastNumbers.set(producer, messageNumber);
    else if (!redelivered) this.disordered++;
  }

  /** `sent(scope, producer)`: how many messages must have come; undefined: up to the highest number seen. */
  result(
    expected: readonly { scope: string; producer: number; messageCount: number }[] | undefined,
  ): AuditResult {
    let lost = 0;
    if (expected === undefined) {
      for (const numbers of this.seen.values()) lost += numbers.highest + 1 - numbers.count;
    } else {
      for (const { scope, producer, messageCount } of expected) {
        lost += Math.max(0, messageCount - this.numbersOf(scope, producer).count);
      }
    }
    return { lost, duplicates: this.duplicates, disordered: this.disordered };
  }

  private numbersOf(scope: string, producer: number): SeenNumbers {
    const key = `${producer} ${scope}`;
    let numbers = this.seen.get(key);
    if (numbers === undefined) {
      numbers = new SeenNumbers();
      this.seen.set(key, numbers);
    }
    return numbers;
  }
}

class SeenNumbers {
  count = 0;
  highest = -1;
  private bits = new Uint8Array(1024);

  /** False where the number was there already. */
  add(value: number): boolean {
    const octet = Math.floor(value / 8);
    if (octet >= this.bits.length) {
      const larger = new Uint8Array((octet + 1) * 2);
      larger.set(this.bits);
      this.bits = larger;
    }
    const bit = 1 << (value & 7);
    if ((this.bits[octet]! & bit) !== 0) return false;
    this.bits[octet] = this.bits[octet]! | bit;
    this.count++;
    if (value > this.highest) this.highest = value;
    return true;
  }
}
