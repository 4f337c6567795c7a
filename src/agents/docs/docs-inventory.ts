import { TerminalError } from '../../base/errors.ts';
import type { KnowledgeSource } from '../../retrieval/knowledge-source.ts';
import type { InventoryContext, InventoryItem } from '../agent.ts';

/** The knowledge bases that can answer; none is a fact too, which search_docs explains when it is asked. */
export async function docsInventory(
  knowledge: KnowledgeSource,
  context: InventoryContext,
): Promise<readonly InventoryItem[]> {
  const names = await readyNames(knowledge, context);
  const { namespace } = context;
  return names
    .slice(0, context.limit)
    .map((name) => ({ agent: 'docs', kind: 'knowledge-base', name, attributes: { namespace } }));
}

async function readyNames(knowledge: KnowledgeSource, context: InventoryContext): Promise<readonly string[]> {
  try {
    return (await knowledge.open(context)).knowledgeBases;
  } catch (error) {
    if (error instanceof TerminalError) return [];
    throw error;
  }
}
