package dev.apprentice.kernels.cpu.internal;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.apprentice.compute.DataType;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * The C functions, one method each; what they compute is said where they are written. Addresses go as numbers: the caller keeps
 * the memory reachable until all tasks of an operation are done.
 *
 * <p>The handles are constants, bound to no library, so that the compiler inlines a call to a few instructions. Short functions are
 * critical: they skip the thread's change of state, but hold up the garbage collector while they run.
 */
final class NativeFunctions {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CRITICAL = Linker.Option.critical(false);

    private static final MethodHandle QUESTION = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle QUANTIZE =
            LINKER.downcallHandle(procedure(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG), CRITICAL);
    private static final MethodHandle GEMV = LINKER.downcallHandle(
            procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_FLOAT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            CRITICAL);
    private static final MethodHandle GEMV_WHERE = LINKER.downcallHandle(
            procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle LIST_ACTIVE =
            LINKER.downcallHandle(procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle MULTIPLY_ACTIVE =
            LINKER.downcallHandle(procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle DROP_BELOW =
            LINKER.downcallHandle(procedure(JAVA_FLOAT, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle LEFT = LINKER.downcallHandle(
            procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle SWIGLU =
            LINKER.downcallHandle(procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle SWIGLU_BACKWARD = LINKER.downcallHandle(
            procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle CAUSAL_SOFTMAX =
            LINKER.downcallHandle(procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), CRITICAL);
    private static final MethodHandle SOFTMAX_BACKWARD =
            LINKER.downcallHandle(procedure(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_FLOAT), CRITICAL);
    private static final MethodHandle ATTEND = LINKER.downcallHandle(
            procedure(
                    JAVA_INT,
                    JAVA_INT,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_LONG,
                    JAVA_FLOAT,
                    JAVA_LONG,
                    JAVA_LONG),
            CRITICAL);
    private static final MethodHandle ADD_LOW_RANK = LINKER.downcallHandle(
            procedure(JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_FLOAT, JAVA_LONG, JAVA_LONG),
            CRITICAL);
    private static final MethodHandle GEMM_BF16 = LINKER.downcallHandle(procedure(
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG));
    private static final MethodHandle GEMM_F32 = LINKER.downcallHandle(procedure(
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG,
            JAVA_FLOAT,
            JAVA_INT,
            JAVA_LONG,
            JAVA_LONG));

    private final MemorySegment checkCpu;
    private final MemorySegment quantize;
    private final MemorySegment gemvF32;
    private final MemorySegment gemvBf16;
    private final MemorySegment gemvQ8;
    private final MemorySegment gemvQ4;
    private final MemorySegment whereF32;
    private final MemorySegment whereBf16;
    private final MemorySegment whereQ8;
    private final MemorySegment whereQ4;
    private final MemorySegment listActive;
    private final MemorySegment multiplyActive;
    private final MemorySegment leftBf16;
    private final MemorySegment leftBf16Transposed;
    private final MemorySegment leftTransposed;
    private final MemorySegment gemmBf16;
    private final boolean tiles;
    private final MemorySegment swiGlu;
    private final MemorySegment swiGluBackward;
    private final MemorySegment dropBelow;
    private final MemorySegment attend;
    private final MemorySegment causalSoftmax;
    private final MemorySegment softmaxBackward;
    private final MemorySegment gemmF32;
    private final MemorySegment addLowRank;

    NativeFunctions(SymbolLookup library, MatrixUnit best) {
        checkCpu = library.findOrThrow("apprentice_check_cpu");
        quantize = library.findOrThrow("apprentice_quantize");
        gemvF32 = library.findOrThrow("apprentice_gemv_f32");
        gemvBf16 = library.findOrThrow("apprentice_gemv_bf16");
        gemvQ8 = library.findOrThrow("apprentice_gemv_q8_0");
        gemvQ4 = library.findOrThrow("apprentice_gemv_q4_0");
        whereF32 = library.findOrThrow("apprentice_gemv_where_f32");
        whereBf16 = library.findOrThrow("apprentice_gemv_where_bf16");
        whereQ8 = library.findOrThrow("apprentice_gemv_where_q8_0");
        whereQ4 = library.findOrThrow("apprentice_gemv_where_q4_0");
        listActive = library.findOrThrow("apprentice_list_active");
        multiplyActive = library.findOrThrow("apprentice_multiply_active_q4_0");
        dropBelow = library.findOrThrow("apprentice_drop_below");
        leftBf16 = library.findOrThrow("apprentice_left_bf16");
        leftBf16Transposed = library.findOrThrow("apprentice_left_bf16_transposed");
        leftTransposed = library.findOrThrow("apprentice_left_f32_transposed");
        swiGlu = library.findOrThrow("apprentice_swiglu");
        swiGluBackward = library.findOrThrow("apprentice_swiglu_backward");
        attend = library.findOrThrow("apprentice_attend");
        causalSoftmax = library.findOrThrow("apprentice_causal_softmax");
        softmaxBackward = library.findOrThrow("apprentice_softmax_backward");
        tiles = best == MatrixUnit.TILES && call(library.findOrThrow("apprentice_may_use_amx")) == 1;
        gemmBf16 = library.findOrThrow(tiles ? "apprentice_gemm_amx" : "apprentice_gemm_bf16");
        addLowRank = library.findOrThrow("apprentice_add_low_rank");
        gemmF32 = library.findOrThrow("apprentice_gemm_f32");
    }

    private static FunctionDescriptor procedure(MemoryLayout... arguments) {
        return FunctionDescriptor.ofVoid(arguments);
    }

    /** Whether BF16 products go through the tiles of AMX. */
    boolean tiles() {
        return tiles;
    }

    int checkCpu() {
        return call(checkCpu);
    }

    private static int call(MemorySegment question) {
        try {
            return (int) QUESTION.invokeExact(question);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void quantize(long x, long columns, int bias, long out) {
        try {
            QUANTIZE.invokeExact(quantize, x, columns, bias, out);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Rows of a weight times up to eight tokens; x is floats for F32 and BF16, else what {@link #quantize} made. */
    void gemv(
            NativeType type,
            long weight,
            long rows,
            long columns,
            long x,
            int tokens,
            float scale,
            Gemm.Result result,
            long y,
            long yStride) {
        MemorySegment function = switch (type) {
            case F32, F32_AS_BF16 -> gemvF32; // few need no rounding
            case BF16 -> gemvBf16;
            case Q8_0 -> gemvQ8;
            case Q4_0 -> gemvQ4;
        };
        try {
            GEMV.invokeExact(function, weight, rows, columns, x, tokens, scale, result.ordinal(), y, yStride);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Rows of a weight whose mask is not 0 times one token; x as for {@link #gemv}. */
    void gemvWhere(NativeType type, long weight, long rows, long columns, long x, long mask, long y) {
        MemorySegment function = switch (type) {
            case F32, F32_AS_BF16 -> whereF32;
            case BF16 -> whereBf16;
            case Q8_0 -> whereQ8;
            case Q4_0 -> whereQ4;
        };
        try {
            GEMV_WHERE.invokeExact(function, weight, rows, columns, x, mask, y);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Rounds activations to 8 bits and lists those that are not 0. */
    void listActive(long x, long columns, long out) {
        try {
            LIST_ACTIVE.invokeExact(listActive, x, columns, out);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Outputs of a weight that is stored by its inputs times one token, as {@link #listActive} made it. */
    void multiplyActive(long weight, long rows, long columns, long x, long y) {
        try {
            MULTIPLY_ACTIVE.invokeExact(multiplyActive, weight, rows, columns, x, y);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void dropBelow(float threshold, long gate, long count) {
        try {
            DROP_BELOW.invokeExact(dropBelow, threshold, gate, count);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** Adds scale · low · B for some columns of up to eight tokens; B is BF16. */
    void addLowRank(
            long b, long bStride, int rank, long columns, long low, int tokens, float scale, long y, long yStride) {
        try {
            ADD_LOW_RANK.invokeExact(addLowRank, b, bStride, rank, columns, low, tokens, scale, y, yStride);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void leftBf16(long a, long aStride, long rows, long depth, long out, long outStride) {
        try {
            LEFT.invokeExact(leftBf16, a, aStride, rows, depth, out, outStride);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void leftBf16Transposed(long a, long aStride, long rows, long depth, long out, long outStride) {
        try {
            LEFT.invokeExact(leftBf16Transposed, a, aStride, rows, depth, out, outStride);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void leftTransposed(long a, long aStride, long rows, long depth, long out, long outStride) {
        try {
            LEFT.invokeExact(leftTransposed, a, aStride, rows, depth, out, outStride);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void swiGlu(long gate, long up, long out, long count) {
        try {
            SWIGLU.invokeExact(swiGlu, gate, up, out, count);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void swiGluBackward(long gate, long up, long dOut, long dGate, long dUp, long count) {
        try {
            SWIGLU_BACKWARD.invokeExact(swiGluBackward, gate, up, dOut, dGate, dUp, count);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void causalSoftmax(long scores, long rows, long width, long visible, long window) {
        try {
            CAUSAL_SOFTMAX.invokeExact(causalSoftmax, scores, rows, width, visible, window);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void softmaxBackward(long weights, long dWeights, long rows, long width, float scale) {
        try {
            SOFTMAX_BACKWARD.invokeExact(softmaxBackward, weights, dWeights, rows, width, scale);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    void attend(
            DataType stored,
            int heads,
            long query,
            long keys,
            long values,
            long rowBytes,
            long count,
            long width,
            float scale,
            long scores,
            long out) {
        int type = switch (stored) {
            case F32 -> 0;
            case F16 -> 1;
            case Q8_0 -> 2;
            default -> throw new IllegalArgumentException("Keys and values cannot be " + stored);
        };
        try {
            ATTEND.invokeExact(attend, type, heads, query, keys, values, rowBytes, count, width, scale, scores, out);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** In float32 for weights of that type, else in BF16. */
    void gemm(
            NativeType type,
            long a,
            long aStride,
            long rows,
            long depth,
            long b,
            long rowBytes,
            Layout layout,
            long column,
            long columns,
            float scale,
            Gemm.Result result,
            long c,
            long cStride) {
        try {
            if (type == NativeType.F32) {
                GEMM_F32.invokeExact(
                        gemmF32,
                        a,
                        aStride,
                        rows,
                        depth,
                        b,
                        rowBytes,
                        layout.ordinal(),
                        column,
                        columns,
                        scale,
                        result.ordinal(),
                        c,
                        cStride);
            } else {
                GEMM_BF16.invokeExact(
                        gemmBf16,
                        type.ordinal(),
                        a,
                        aStride,
                        rows,
                        depth,
                        b,
                        rowBytes,
                        layout.ordinal(),
                        column,
                        columns,
                        scale,
                        result.ordinal(),
                        c,
                        cStride);
            }
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** C functions throw nothing; what remains are faults of the virtual machine and a library closed too early. */
    private static RuntimeException impossible(Throwable e) {
        return switch (e) {
            case RuntimeException unchecked -> unchecked;
            case Error error -> throw error;
            default -> new IllegalStateException(e);
        };
    }
}
