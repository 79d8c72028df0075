package dev.apprentice.learning.internal;

import dev.apprentice.model.TrainingSample;
import java.util.List;

/**
 * What one cycle trains on.
 *
 * @param experiences new and replayed ones, with weights that sum to 1
 * @param rehearsal general texts, weighted equally among themselves
 * @param fresh how many of the experiences are new
 * @param position where data order and randomness stand after this batch
 */
record Batch(List<Item> experiences, List<TrainingSample> rehearsal, int fresh, StoredCommit.Position position) {
    /** One experience to train on. */
    record Item(long id, TrainingSample sample, double weight) {}
}
