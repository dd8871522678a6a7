// What the page reads of the API's answers, under RabbitMQ's names. A field that may be missing is marked so: the page
// shows a dash for it.

export interface Sample {
  readonly sample: number;
  readonly timestamp: number;
}

export interface Details {
  readonly rate: number;
  /** The newest first. */
  readonly samples?: readonly Sample[];
}

/** Counters and `<counter>_details`. */
export type Stats = Readonly<Record<string, number | Details | undefined>>;

export interface PageOf<Row> {
  readonly items: readonly Row[];
  readonly filtered_count: number;
  readonly item_count: number;
  readonly total_count: number;
  readonly page: number;
  readonly page_count: number;
  readonly page_size: number;
}

export interface Whoami {
  readonly name: string;
  readonly tags: readonly string[] | string;
}

export interface Listener {
  readonly node: string;
  readonly protocol: string;
  readonly ip_address: string;
  readonly port: number;
}

export interface OverviewView {
  readonly product_name?: string;
  readonly product_version?: string;
  readonly rabbitmq_version: string;
  readonly cluster_name: string;
  readonly message_stats?: Stats;
  readonly queue_totals: Stats;
  readonly object_totals: Readonly<Record<string, number>>;
  readonly churn_rates?: Stats;
  readonly listeners?: readonly Listener[];
  readonly exchange_types: readonly { readonly name: string; readonly internal_purpose?: string }[];
}

export interface NodeView {
  readonly name: string;
  readonly running: boolean;
  readonly uptime?: number;
  readonly processors?: number;
  readonly os_pid?: string;
  readonly mem_used?: number;
  readonly mem_limit?: number;
  readonly mem_alarm?: boolean;
  readonly disk_free?: number;
  readonly disk_free_limit?: number;
  readonly disk_free_alarm?: boolean;
  readonly fd_used?: number;
  readonly fd_total?: number;
  readonly sockets_used?: number;
  readonly sockets_total?: number;
  readonly db_dir?: string;
  readonly log_files?: readonly string[];
  readonly config_files?: readonly string[];
}

export interface ConnectionView {
  readonly name: string;
  readonly user_provided_name?: string;
  readonly user: string;
  readonly vhost: string;
  readonly state: string;
  readonly protocol: string;
  readonly channels: number;
  readonly channel_max?: number;
  readonly frame_max?: number;
  readonly timeout?: number;
  readonly ssl: boolean;
  readonly ssl_protocol?: string | null;
  readonly ssl_cipher?: string | null;
  readonly peer_cert_subject?: string | null;
  readonly auth_mechanism?: string;
  readonly peer_host: string;
  readonly peer_port: number;
  readonly connected_at: number;
  readonly client_properties: Readonly<Record<string, unknown>>;
  readonly recv_oct?: number;
  readonly recv_oct_details?: Details;
  readonly send_oct?: number;
  readonly send_oct_details?: Details;
}

export interface ChannelView {
  readonly name: string;
  readonly number: number;
  readonly user: string;
  readonly vhost: string;
  readonly state: string;
  readonly confirm?: boolean;
  readonly transactional?: boolean;
  readonly consumer_count?: number;
  readonly prefetch_count?: number;
  readonly global_prefetch_count?: number;
  readonly messages_unacknowledged?: number;
  readonly messages_unconfirmed?: number;
  readonly messages_uncommitted?: number;
  readonly acks_uncommitted?: number;
  readonly idle_since?: string;
  readonly connection_details: { readonly name?: string };
  readonly message_stats?: Stats;
  readonly consumer_details?: readonly ConsumerView[];
  readonly publishes?: readonly { readonly exchange: ObjectName; readonly stats: Stats }[];
  readonly deliveries?: readonly { readonly queue: ObjectName; readonly stats: Stats }[];
}

export interface ObjectName {
  readonly name: string;
  readonly vhost: string;
}

export interface ConsumerView {
  readonly consumer_tag: string;
  readonly queue: ObjectName;
  readonly channel_details: {
    readonly connection_name?: string;
    readonly name?: string;
    readonly number?: number;
    readonly user?: string;
  };
  readonly ack_required: boolean;
  readonly exclusive: boolean;
  readonly prefetch_count: number;
  readonly active?: boolean;
  readonly activity_status?: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface ExchangeView {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly internal: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly policy?: string | null;
  readonly message_stats?: Stats;
}

export interface QueueView {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly state?: string;
  readonly durable: boolean;
  readonly auto_delete: boolean;
  readonly exclusive: boolean;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly policy?: string | null;
  readonly operator_policy?: string | null;
  readonly effective_policy_definition?: Readonly<Record<string, unknown>>;
  readonly consumers?: number;
  readonly consumer_utilisation?: number;
  readonly consumer_details?: readonly ConsumerView[];
  readonly owner_pid_details?: { readonly name?: string };
  readonly single_active_consumer_tag?: string | null;
  readonly messages?: number;
  readonly messages_details?: Details;
  readonly messages_ready?: number;
  readonly messages_ready_details?: Details;
  readonly messages_unacknowledged?: number;
  readonly messages_unacknowledged_details?: Details;
  readonly messages_persistent?: number;
  readonly message_bytes?: number;
  readonly message_bytes_ready?: number;
  readonly message_bytes_unacknowledged?: number;
  readonly messages_paged_out?: number;
  readonly memory?: number;
  readonly idle_since?: string;
  /** Ours: since it came into the queue. */
  readonly oldest_message_age_ms?: number;
  /** Seconds since 1970, from the message's own property. */
  readonly head_message_timestamp?: number | null | '';
  readonly message_stats?: Stats;
}

export interface BindingView {
  readonly source: string;
  readonly vhost: string;
  readonly destination: string;
  readonly destination_type: 'queue' | 'exchange';
  readonly routing_key: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly properties_key: string;
}

export interface MessageView {
  readonly payload_bytes: number;
  readonly redelivered: boolean;
  readonly exchange: string;
  readonly routing_key: string;
  readonly message_count?: number;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly payload: string;
  readonly payload_encoding: string;
  /** Of a message that was peeked at: its place in the queue, from 0. */
  readonly offset?: number;
  readonly age_ms?: number;
  readonly expires_at?: string;
}

export interface PeekedView {
  readonly messages: readonly MessageView[];
  /** Where to go on; null at the end. */
  readonly next_offset: number | null;
}

/** A move or a redrive: it runs in the broker, whoever looks. */
export interface TransferView {
  readonly id: string;
  readonly kind: 'move' | 'redrive';
  readonly state: 'running' | 'finished' | 'cancelled' | 'failed';
  readonly reason?: string;
  readonly source: ObjectName;
  readonly destination?: ObjectName;
  readonly user: string;
  readonly total: number;
  readonly moved: number;
  /** Had nowhere to go, and are where they were. */
  readonly stayed: number;
}

export interface PolicyView {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly 'apply-to': string;
  readonly definition: Readonly<Record<string, unknown>>;
  readonly priority: number;
}

export interface UserView {
  readonly name: string;
  readonly tags: readonly string[] | string;
  readonly password_hash?: string;
  readonly hashing_algorithm?: string | null;
}

export interface PermissionView {
  readonly user: string;
  readonly vhost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
}

export interface TopicPermissionView {
  readonly user: string;
  readonly vhost: string;
  readonly exchange: string;
  readonly write: string;
  readonly read: string;
}

export interface VhostView {
  readonly name: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly default_queue_type?: string;
  readonly tracing?: boolean;
  readonly messages?: number;
  readonly messages_ready?: number;
  readonly messages_unacknowledged?: number;
  readonly message_stats?: Stats;
}

export interface LimitsView {
  readonly vhost?: string;
  readonly user?: string;
  readonly value: Readonly<Record<string, number>>;
}
