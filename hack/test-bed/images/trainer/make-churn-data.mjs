// Prints a CSV of made-up customers and whether they left. The same seed gives the same customers.
//
//   make-churn-data.mjs ROWS SEED
import { randomSource } from './random.mjs';

const [rows, seed] = process.argv.slice(2).map(Number);
const random = randomSource(seed);
const pick = (values) => values[Math.floor(random() * values.length)];
const between = (low, high) => low + random() * (high - low);

function customer() {
  const contract = pick(['monthly', 'monthly', 'one-year', 'two-year']);
  const tenureMonths = Math.floor(between(1, 72));
  const monthlyCharge = between(15, 120);
  const supportCalls = Math.floor(between(0, 3) ** 2);
  const usageGigabytes = between(0, 80);
  const paperless = pick([0, 1]);
  // What the training has to find out again, and noise that it cannot.
  const leaning =
    { monthly: 1.6, 'one-year': -0.9, 'two-year': -2.8 }[contract] -
    0.07 * tenureMonths +
    0.03 * monthlyCharge +
    0.6 * supportCalls -
    0.03 * usageGigabytes +
    0.3 * paperless -
    1.6;
  const churned = random() < 1 / (1 + Math.exp(-leaning)) ? 1 : 0;
  return [
    contract,
    tenureMonths,
    monthlyCharge.toFixed(2),
    supportCalls,
    usageGigabytes.toFixed(1),
    paperless,
    churned,
  ];
}

console.log('contract,tenure_months,monthly_charge,support_calls,usage_gigabytes,paperless,churned');
for (let row = 0; row < rows; row++) console.log(customer().join(','));
