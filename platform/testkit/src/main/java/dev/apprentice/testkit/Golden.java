package dev.apprentice.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The golden numbers of the base model, made by an independent PyTorch implementation in float32 (torch 2.13). A missing file or
 * name fails the test that asks.
 */
public final class Golden {
    private static final JsonMapper JSON = new JsonMapper();

    private final JsonNode header;
    private final ByteBuffer data;

    private Golden(JsonNode header, ByteBuffer data) {
        this.header = header;
        this.data = data;
    }

    /** A JSON file. */
    public static JsonNode json(String name) {
        return JSON.readTree(bytes(name));
    }

    /** A safetensors file. */
    public static Golden tensors(String name) {
        ByteBuffer file = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
        int headerLength = (int) file.getLong();
        byte[] header = new byte[headerLength];
        file.get(header);
        return new Golden(JSON.readTree(header), file.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** An F32 tensor, row-major. */
    public float[] floats(String name) {
        float[] values = new float[part(name, "F32").remaining() / 4];
        part(name, "F32").asFloatBuffer().get(values);
        return values;
    }

    /** An I32 tensor, row-major. */
    public int[] integers(String name) {
        int[] values = new int[part(name, "I32").remaining() / 4];
        part(name, "I32").asIntBuffer().get(values);
        return values;
    }

    /** Names of all tensors that begin so, without that beginning. */
    public List<String> names(String prefix) {
        return header.propertyNames().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()))
                .toList();
    }

    /** A metadata entry. */
    public String metadata(String key) {
        return header.path("__metadata__").path(key).stringValue();
    }

    /** Euclidean distance of two vectors relative to the length of the expected one. */
    public static double relativeError(float[] actual, float[] expected) {
        if (actual.length != expected.length) {
            throw new IllegalArgumentException(
                    "Cannot compare " + actual.length + " with " + expected.length + " values");
        }
        double difference = 0;
        double length = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            length += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / length);
    }

    /** Row {@code row} of a matrix of so many columns. */
    public static float[] row(float[] matrix, int columns, int row) {
        return Arrays.copyOfRange(matrix, row * columns, (row + 1) * columns);
    }

    private ByteBuffer part(String name, String type) {
        JsonNode entry = header.path(name);
        if (!entry.path("dtype").asString("missing").equals(type)) {
            throw new IllegalArgumentException("There is no " + type + " tensor " + name + " but " + entry);
        }
        int begin = entry.path("data_offsets").path(0).intValue();
        int end = entry.path("data_offsets").path(1).intValue();
        return data.slice(begin, end - begin).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(String name) {
        try (InputStream in = Golden.class.getResourceAsStream("/golden/" + name)) {
            if (in == null) {
                throw new NoSuchFileException("golden/" + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
