#include "kernels.h"

/* 0 if this processor has every instruction that the library uses, else the number of the first that is missing. */
EXPORT int apprentice_check_cpu(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512dq")
            || !__builtin_cpu_supports("avx512vl")) {
        return 1;
    }
    if (!__builtin_cpu_supports("avx512vbmi")) {
        return 2;
    }
    if (!__builtin_cpu_supports("avx512vnni")) {
        return 3;
    }
    return __builtin_cpu_supports("avx512bf16") ? 0 : 4;
}
