/** One request to a receiver of the World. */
export interface Asked {
  readonly receiver: 'plain' | 'named' | 'keyed' | 'read';
  /** What the receiver tells requests apart by: the name or key; for plain ones just the item. */
  readonly key: string;
  /** The decision's slot in the script, for example `t17.0.1`: one effect is expected for each. */
  readonly item: string;
  /** What the model decided; another answer of the model has another value. */
  readonly value: string;
  readonly digest: string;
}

export interface Ledger {
  /** Every request that arrived, repeats included. */
  readonly asked: readonly Asked[];
  /** Every request that changed something. */
  readonly applied: readonly Asked[];
}
