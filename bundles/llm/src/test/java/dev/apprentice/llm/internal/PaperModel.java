package dev.apprentice.llm.internal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The forward pass in double precision and plain loops, written from the papers and calling none of the product's code: the
 * independent implementation that {@link TinyModel}s are compared with. One token after the other, no matrices.
 */
final class PaperModel {
    private final TinyModel model;
    private final Map<String, double[]> weights;
    private final Map<String, Beside> adapters;
    private final double theta;
    private final Stretch stretch;
    private final int window;

    /** How a position's turn of pair frequency f is changed. */
    interface Stretch {
        double of(double frequency);
    }

    /** What an adapter does to one linear layer; absent parts are null. Index of a: [rank·inputs], of b: [outputs·rank]. */
    record Beside(
            double @Nullable [] a,
            double @Nullable [] b,
            double scale,
            double @Nullable [] magnitude,
            double @Nullable [] norm,
            double @Nullable [] outputFactors,
            double @Nullable [] inputFactors) {}

    private PaperModel(
            TinyModel model,
            Map<String, double[]> weights,
            double theta,
            Stretch stretch,
            int window,
            Map<String, Beside> adapters) {
        this.model = model;
        this.weights = weights;
        this.theta = theta;
        this.stretch = stretch;
        this.window = window;
        this.adapters = adapters;
    }

    /** The reference of a tiny model, with what its settings mean. */
    static PaperModel of(TinyModel model) {
        Map<String, double[]> weights = new HashMap<>();
        model.weights().forEach((name, weight) -> {
            double[] values = new double[weight.values().length];
            for (int i = 0; i < values.length; i++) {
                values[i] = weight.values()[i];
            }
            weights.put(name, values);
        });
        boolean mistral = model.equals(TinyModel.MISTRAL);
        boolean linear = model.equals(TinyModel.LLAMA_LINEAR);
        boolean llama3 = model.equals(TinyModel.LLAMA_3);
        boolean llama = model.equals(TinyModel.LLAMA);
        return new PaperModel(
                model,
                weights,
                llama3 ? 500 : mistral || linear || llama ? 10_000 : 1_000_000,
                llama3 ? PaperModel::llama3 : linear ? f -> f / 4 : f -> f,
                mistral ? 5 : Integer.MAX_VALUE,
                Map.of());
    }

    /** The same with adapters, by module name. */
    PaperModel with(Map<String, Beside> others) {
        return new PaperModel(model, weights, theta, stretch, window, others);
    }

    /** Llama 3.1 with factor 8, low 1, high 4 and 64 positions, case by case as its authors published it. */
    private static double llama3(double frequency) {
        double wavelength = 2 * Math.PI / frequency;
        if (wavelength < 64 / 4.0) {
            return frequency;
        }
        if (wavelength > 64 / 1.0) {
            return frequency / 8;
        }
        double smooth = (64 / wavelength - 1) / (4 - 1);
        return (1 - smooth) * frequency / 8 + smooth * frequency;
    }

    /** Mean −log p of tokens from … given those before them. */
    double loss(int[] tokens, int from) {
        double[][] hidden = hidden(tokens);
        double sum = 0;
        for (int i = from; i < tokens.length; i++) {
            double[] logits = logits(hidden[i - 1]);
            double max = Double.NEGATIVE_INFINITY;
            for (double logit : logits) {
                max = Math.max(max, logit);
            }
            double total = 0;
            for (double logit : logits) {
                total += Math.exp(logit - max);
            }
            sum += max + Math.log(total) - logits[tokens[i]];
        }
        return sum / (tokens.length - from);
    }

    /** Logits of every token, row after row. */
    float[] logits(int[] tokens) {
        double[][] hidden = hidden(tokens);
        float[] all = new float[tokens.length * TinyModel.VOCABULARY];
        for (int i = 0; i < tokens.length; i++) {
            double[] logits = logits(hidden[i]);
            for (int j = 0; j < logits.length; j++) {
                all[i * logits.length + j] = (float) logits[j];
            }
        }
        return all;
    }

    private double[] logits(double[] hidden) {
        double[] head = weight(model.tied() ? "model.embed_tokens.weight" : "lm_head.weight");
        return times(head, hidden);
    }

    private double[][] hidden(int[] tokens) {
        int d = model.headDim();
        double[][] x = new double[tokens.length][TinyModel.WIDTH];
        for (int i = 0; i < tokens.length; i++) {
            System.arraycopy(
                    weight("model.embed_tokens.weight"), tokens[i] * TinyModel.WIDTH, x[i], 0, TinyModel.WIDTH);
        }
        for (int layer = 0; layer < TinyModel.LAYERS; layer++) {
            String name = "model.layers." + layer;
            double[][] keys = new double[tokens.length][];
            double[][] values = new double[tokens.length][];
            for (int i = 0; i < tokens.length; i++) {
                double[] normed = norm(x[i], 0, x[i].length, weight(name + ".input_layernorm.weight"));
                double[] query = turn(heads(linear(name + ".self_attn.q_proj", normed), name, "q_norm"), i);
                keys[i] = turn(heads(linear(name + ".self_attn.k_proj", normed), name, "k_norm"), i);
                values[i] = linear(name + ".self_attn.v_proj", normed);
                double[] mixed = new double[query.length];
                for (int head = 0; head < model.heads(); head++) {
                    int shared = head * model.keyValueHeads() / model.heads();
                    int first = Math.max(0, i - window + 1);
                    double[] weight = new double[i + 1];
                    double total = 0;
                    for (int j = first; j <= i; j++) {
                        double dot = 0;
                        for (int e = 0; e < d; e++) {
                            dot += query[head * d + e] * keys[j][shared * d + e];
                        }
                        weight[j] = Math.exp(dot / Math.sqrt(d));
                        total += weight[j];
                    }
                    for (int j = first; j <= i; j++) {
                        for (int e = 0; e < d; e++) {
                            mixed[head * d + e] += weight[j] / total * values[j][shared * d + e];
                        }
                    }
                }
                add(x[i], linear(name + ".self_attn.o_proj", mixed));
                double[] between = norm(x[i], 0, x[i].length, weight(name + ".post_attention_layernorm.weight"));
                double[] gate = linear(name + ".mlp.gate_proj", between);
                double[] up = linear(name + ".mlp.up_proj", between);
                for (int e = 0; e < gate.length; e++) {
                    up[e] *= gate[e] / (1 + Math.exp(-gate[e]));
                }
                add(x[i], linear(name + ".mlp.down_proj", up));
            }
        }
        double[][] normed = new double[tokens.length][];
        for (int i = 0; i < tokens.length; i++) {
            normed[i] = norm(x[i], 0, x[i].length, weight("model.norm.weight"));
        }
        return normed;
    }

    /** y = Wx + b with what an adapter adds. */
    private double[] linear(String module, double[] x) {
        Beside beside = adapters.get(module);
        double[] input = x.clone();
        if (beside != null && beside.inputFactors() != null) {
            for (int i = 0; i < input.length; i++) {
                input[i] *= beside.inputFactors()[i];
            }
        }
        double[] y = times(weight(module + ".weight"), input);
        if (beside != null && beside.a() != null && beside.b() != null) {
            double[] change = times(beside.b(), times(beside.a(), x));
            for (int i = 0; i < y.length; i++) {
                y[i] += beside.scale() * change[i];
                if (beside.magnitude() != null && beside.norm() != null) {
                    y[i] *= beside.magnitude()[i] / beside.norm()[i];
                }
            }
        }
        double[] bias = weights.get(module + ".bias");
        if (bias != null) {
            add(y, bias);
        }
        if (beside != null && beside.outputFactors() != null) {
            for (int i = 0; i < y.length; i++) {
                y[i] *= beside.outputFactors()[i];
            }
        }
        return y;
    }

    /** ‖W + scale·BA‖ of every row. */
    double[] rowNorms(String module, double[] a, double[] b, double scale, int inputs) {
        double[] w = weight(module + ".weight");
        int rank = a.length / inputs;
        double[] norms = new double[w.length / inputs];
        for (int row = 0; row < norms.length; row++) {
            double sum = 0;
            for (int i = 0; i < inputs; i++) {
                double element = w[row * inputs + i];
                for (int k = 0; k < rank; k++) {
                    element += scale * b[row * rank + k] * a[k * inputs + i];
                }
                sum += element * element;
            }
            norms[row] = Math.sqrt(sum);
        }
        return norms;
    }

    private double[] heads(double[] x, String layer, String which) {
        double[] weight = weights.get(layer + ".self_attn." + which + ".weight");
        if (weight == null) {
            return x;
        }
        double[] normed = new double[x.length];
        for (int head = 0; head < x.length; head += weight.length) {
            System.arraycopy(norm(x, head, weight.length, weight), 0, normed, head, weight.length);
        }
        return normed;
    }

    private double[] turn(double[] x, int position) {
        int d = model.headDim();
        double[] turned = new double[x.length];
        for (int head = 0; head < x.length; head += d) {
            for (int i = 0; i < d / 2; i++) {
                double angle = position * stretch.of(Math.pow(theta, -2.0 * i / d));
                double first = x[head + i];
                double second = x[head + i + d / 2];
                turned[head + i] = first * Math.cos(angle) - second * Math.sin(angle);
                turned[head + i + d / 2] = first * Math.sin(angle) + second * Math.cos(angle);
            }
        }
        return turned;
    }

    private static double[] norm(double[] x, int from, int length, double[] weight) {
        double squares = 0;
        for (int i = 0; i < length; i++) {
            squares += x[from + i] * x[from + i];
        }
        double[] y = new double[length];
        for (int i = 0; i < length; i++) {
            y[i] = x[from + i] / Math.sqrt(squares / length + TinyModel.EPSILON) * weight[i];
        }
        return y;
    }

    private static double[] times(double[] matrix, double[] x) {
        double[] y = new double[matrix.length / x.length];
        for (int row = 0; row < y.length; row++) {
            for (int i = 0; i < x.length; i++) {
                y[row] += matrix[row * x.length + i] * x[i];
            }
        }
        return y;
    }

    private static void add(double[] x, double[] y) {
        for (int i = 0; i < x.length; i++) {
            x[i] += y[i];
        }
    }

    /** The values themselves: whoever changes one asks another model. */
    double[] weight(String name) {
        double[] values = weights.get(name);
        if (values == null) {
            throw new IllegalArgumentException("No tensor " + name);
        }
        return values;
    }
}
