package dev.apprentice.llm.internal;

import dev.apprentice.compute.Tensor;
import dev.apprentice.model.ModelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How large the gates of a base are on ordinary text: of each layer the |silu(gate)| below which so many hundredths of them are (CATS, arXiv
 * 2404.08763). They are kept from start to start in a small file beside the digests of bases.
 *
 * @param byLayer (layers), each of 100 values that do not fall: the first is below all gates
 */
record GateQuantiles(List<float[]> byLayer) {
    private static final int HUNDREDTHS = 100;
    private static final int FEWEST_TOKENS = 256;
    private static final int MOST_TOKENS = 2048;

    /** Gates of a layer that are sorted; of more, every so manieth. */
    private static final int MOST_SORTED = 1 << 20;

    private static final System.Logger LOG = System.getLogger(GateQuantiles.class.getName());

    GateQuantiles {
        byLayer = List.copyOf(byLayer);
        for (float[] layer : byLayer) {
            if (layer.length != HUNDREDTHS) {
                throw new IllegalArgumentException("A layer has " + layer.length + " quantiles instead of 100");
            }
            for (float quantile : layer) {
                if (!(quantile >= 0)) {
                    throw new IllegalArgumentException("A layer has the quantile " + quantile + ", which is no size");
                }
            }
        }
    }

    /** The quantiles of a model on text like that which it will see. */
    static GateQuantiles measure(LlamaModel model, String text) {
        TextPieces pieces = TextPieces.of("The calibration text", text, model, FEWEST_TOKENS, MOST_TOKENS);
        return measure(model, pieces.pieces());
    }

    /** The same on tokens. */
    static GateQuantiles measure(LlamaModel model, List<int[]> texts) {
        List<float[]> byLayer = new ArrayList<>();
        try (Arena arena = Arena.ofShared();
                CalibrationPass pass = new CalibrationPass(model.transformer(), model.weights(), texts, arena)) {
            for (Network.Block block : model.baseNetwork().blocks()) {
                Sizes sizes = new Sizes(texts, model.transformer().config().feedForward());
                pass.showGates(block, sizes::add);
                byLayer.add(sizes.quantiles());
                pass.advance(block);
            }
        }
        return new GateQuantiles(byLayer);
    }

    /** Those of the base if they are kept in the folder; else they are measured, and kept. */
    static GateQuantiles of(LlamaModel model, String text, Optional<Path> folder) {
        Optional<Path> file = folder.map(
                path -> path.resolve("gates-" + model.info().digest().replaceAll("[^a-z0-9]", "-") + ".json"));
        Optional<GateQuantiles> kept = file.flatMap(GateQuantiles::read)
                .filter(known -> known.byLayer.size() == model.info().layers());
        return kept.orElseGet(() -> {
            GateQuantiles measured = measure(model, text);
            file.ifPresent(path -> measured.keep(path, model.info().digest()));
            return measured;
        });
    }

    /** What leaves out so many hundredths of a layer's neurons. */
    float threshold(int layer, int percent) {
        return byLayer.get(layer)[percent];
    }

    /** The sizes of one layer's gates. */
    private static final class Sizes {
        private final float[] sizes;
        private final int stride;
        private int count;
        private long seen;

        Sizes(List<int[]> texts, int feedForward) {
            long all = texts.stream().mapToLong(text -> text.length).sum() * feedForward;
            // odd, so that it does not come upon the same neurons in every token
            stride = Math.toIntExact(all / MOST_SORTED) | 1;
            sizes = new float[Math.toIntExact(Math.ceilDiv(all, stride))];
        }

        void add(Tensor gates) {
            long elements = (long) gates.rows() * gates.columns();
            for (long i = 0; i < elements; i++, seen++) {
                if (seen % stride == 0) {
                    float gate = gates.data().getAtIndex(ValueLayout.JAVA_FLOAT, i);
                    sizes[count++] = (float) Math.abs(gate / (1 + Math.exp(-gate)));
                }
            }
        }

        float[] quantiles() {
            Arrays.sort(sizes, 0, count);
            float[] quantiles = new float[HUNDREDTHS];
            for (int percent = 1; percent < HUNDREDTHS; percent++) {
                quantiles[percent] = sizes[(int) ((long) count * percent / HUNDREDTHS)];
            }
            return quantiles;
        }
    }

    private static Optional<GateQuantiles> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode layers =
                    Json.object(Files.readAllBytes(file), ModelBytes::fault).path("quantiles");
            List<float[]> byLayer = new ArrayList<>();
            for (JsonNode layer : layers) {
                float[] values = new float[layer.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = layer.path(i).floatValue(Float.NaN);
                }
                byLayer.add(values);
            }
            return Optional.of(new GateQuantiles(byLayer));
        } catch (IOException | ModelException | IllegalArgumentException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "The gates kept in " + file + " cannot be read and are measured again",
                    e);
            return Optional.empty();
        }
    }

    /** What cannot be kept is measured again at the next start, no more. */
    private void keep(Path file, String base) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("base", base);
        var layers = json.putArray("quantiles");
        for (float[] layer : byLayer) {
            var values = layers.addArray();
            for (float value : layer) {
                values.add(value);
            }
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(fresh, Json.MAPPER.writeValueAsBytes(json));
            Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The gates of the base model cannot be kept in " + file, e);
        }
    }
}
