#define _GNU_SOURCE /* syscall */
#include "kernels.h"
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/*
 * 1 if the processor has the tiles of AMX for BF16 and the system lets this process use them: their 8 KiB of state must be asked for.
 * Linux, Documentation/arch/x86/xstate.rst; number of the state component from Intel's manual, volume 1, 13.1.
 */
EXPORT int apprentice_may_use_amx(void) {
    const unsigned bf16 = 1u << 22, tile = 1u << 24;
    const long request_permission = 0x1023, tile_data = 18;
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & bf16) && (d & tile)
            && syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
}
