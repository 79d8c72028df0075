package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Reads for one generation: the prompt block by block, as far as the cache does not know it, then token by token together with the
 * other generations of this moment.
 *
 * @param name what the prefix cache calls the session's network
 */
record SessionReader(Transformer transformer, Session session, String name, PrefixCache prefixes, Batcher.Seat seat)
        implements Generation.Reader {
    @Override
    public int prompt(int[] tokens, RecallMixer recall, StepResult result) {
        List<String> blocks = PrefixCache.names(name, tokens);
        // the last token is read in any case: what follows it is foretold from its hidden state
        int usable = (tokens.length - 1) / PrefixCache.BLOCK;
        prefixes.restore(
                blocks.subList(0, usable), session.cache(), (from, states) -> recall.seen(tokens, from, states));
        int known = session.length();
        for (int from = known; from < tokens.length; from += PrefixCache.BLOCK) {
            int to = Math.min(from + PrefixCache.BLOCK, tokens.length);
            Tensor hidden = session.read(Arrays.copyOfRange(tokens, from, to));
            recall.seen(tokens, from, hidden);
            if (to - from == PrefixCache.BLOCK) {
                prefixes.keep(blocks.get(from / PrefixCache.BLOCK), session.cache(), to, hidden);
            }
            if (to == tokens.length) {
                result.set(transformer, session.network().weights(), hidden.rows(to - from - 1, 1));
            }
        }
        return known;
    }

    @Override
    public void next(int token, StepResult result) {
        seat.step(session, token, result);
    }

    @Override
    public int room() {
        return transformer.config().context() - session.length();
    }
}
