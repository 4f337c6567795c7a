import { describeTektonContract } from './tekton-contract.ts';
import { createRealWorld } from './tekton-world.ts';

describeTektonContract('the Tekton of the test cluster', createRealWorld);
