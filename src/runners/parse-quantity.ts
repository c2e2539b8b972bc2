const factors: Record<string, number> = {
  '': 1,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Converts a Kubernetes quantity (`512Mi`, `16Gi`, `1.5G`) to bytes. The contract has checked its format. */
export function parseQuantity(quantity: string): number {
  const [, amount = '', suffix = ''] = /^([\d.]+)(\D*)$/.exec(quantity) ?? [];
  const factor = factors[suffix];
  if (amount === '' || factor === undefined) throw new RangeError(`${quantity} is not a quantity such as 512Mi`);
  return Math.round(Number(amount) * factor);
}
