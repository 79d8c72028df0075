package dev.apprentice.learning.internal;

import java.util.SplittableRandom;

/**
 * Makes short keys of hidden states: unit vectors whose angles are nearly those of the states. Each element of a key is a sum over the
 * state's with random signs (Achlioptas 2003, doi:10.1016/S0022-0000(03)00025-4), which needs no look at the data and so is the same
 * for all texts, before and after.
 */
final class StateKeys {
    /** Elements of a key. A third of the embedded model's width loses a fiftieth of what is gained by whole states. */
    static final int LENGTH = 128;

    private static final long SEED = 0x57a7e;

    private final float[][] signs; // (width, LENGTH)

    /** @param width of the states */
    StateKeys(int width) {
        SplittableRandom random = new SplittableRandom(SEED);
        signs = new float[width][LENGTH];
        for (float[] row : signs) {
            for (int i = 0; i < LENGTH; i++) {
                row[i] = random.nextBoolean() ? 1 : -1;
            }
        }
    }

    /** The key of the state that begins at an element of an array. */
    float[] of(float[] states, int from) {
        float[] key = new float[LENGTH];
        for (int i = 0; i < signs.length; i++) {
            float value = states[from + i];
            float[] row = signs[i];
            for (int j = 0; j < LENGTH; j++) {
                key[j] += value * row[j];
            }
        }
        return normalised(key);
    }

    private static float[] normalised(float[] key) {
        double squares = 0;
        for (float value : key) {
            squares += value * value;
        }
        float scale = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares));
        for (int i = 0; i < key.length; i++) {
            key[i] *= scale;
        }
        return key;
    }
}
