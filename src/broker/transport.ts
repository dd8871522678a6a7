// The byte pipe under a connection, as the core sees it. `network/` implements it over TCP; tests in memory.

export interface Transport {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  /** True when the peer is this machine (127.0.0.0/8, ::1): the loopback_users rule. */
  readonly isLoopback: boolean;
  /**
   * Takes `chunk` for sending, in order. True when every byte is already out of our hands, so the
   * caller may reuse the memory at once; false when the transport keeps the buffer until it is sent.
   */
  write(chunk: Buffer): boolean;
  /** Bytes taken by write() and not yet sent. */
  readonly pendingBytes: number;
  /** Stops (or restarts) calls of TransportReceiver.receive: back-pressure by TCP. */
  pauseReading(): void;
  resumeReading(): void;
  /** Sends what was written, then closes cleanly (FIN). */
  end(): void;
  /** Drops the connection at once. */
  destroy(): void;
}

/** What a connection offers to its transport. */
export interface TransportReceiver {
  /** Bytes from the peer. The buffer belongs to the receiver only during the call. */
  receive(chunk: Buffer): void;
  /** pendingBytes fell to zero after a write() that returned false. */
  drained(): void;
  /** The peer or the network ended the pipe. Called exactly once, also after end() and destroy(). */
  closed(): void;
}
