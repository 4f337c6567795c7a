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
    { monthly: 1.1, 'one-year': -0.6, 'two-year': -1.9 }[contract] -
    0.045 * tenureMonths +
    0.018 * monthlyCharge +
    0.42 * supportCalls -
    0.02 * usageGigabytes +
    0.2 * paperless -
    1.1;
  const churned = random() < 1 / (1 + Math.exp(-leaning)) ? 1 : 0;
  return [contract, tenureMonths, monthlyCharge.toFixed(2), supportCalls, usageGigabytes.toFixed(1), paperless, churned];
}

console.log('contract,tenure_months,monthly_charge,support_calls,usage_gigabytes,paperless,churned');
for (let row = 0; row < rows; row++) console.log(customer().join(','));
