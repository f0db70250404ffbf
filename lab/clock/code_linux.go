package clock

import (
	"encoding/binary"
	"slices"
)

// function is the code that takes the place of a function of the vDSO. It
// calls the kernel and, where that succeeds, adds a constant to the seconds.
type function struct {
	name string // of the symbol
	code func(seconds int64) []byte
}

// functions are those of the vDSO that tell the time of day, by GOARCH.
// testdata holds their code for the assembler.
var functions = map[string][]function{
	"amd64": {
		{"__vdso_clock_gettime", func(seconds int64) []byte {
			return slices.Concat(
				[]byte{0xb8, 228, 0, 0, 0},        // mov $SYS_clock_gettime, %eax
				[]byte{0x0f, 0x05},                // syscall
				[]byte{0x85, 0xc0},                // test %eax, %eax
				[]byte{0x75, 22},                  // jnz ret
				[]byte{0x85, 0xff},                // test %edi, %edi: CLOCK_REALTIME
				[]byte{0x74, 5},                   // jz add
				[]byte{0x83, 0xff, 5},             // cmp $CLOCK_REALTIME_COARSE, %edi
				[]byte{0x75, 13},                  // jnz ret
				[]byte{0x48, 0xb9}, word(seconds), // add: movabs $seconds, %rcx
				[]byte{0x48, 0x01, 0x0e}, // add %rcx, (%rsi)
				[]byte{0xc3})             // ret
		}},
		{"__vdso_gettimeofday", func(seconds int64) []byte {
			return slices.Concat(
				[]byte{0xb8, 96, 0, 0, 0},         // mov $SYS_gettimeofday, %eax
				[]byte{0x0f, 0x05},                // syscall
				[]byte{0x85, 0xc0},                // test %eax, %eax
				[]byte{0x75, 18},                  // jnz ret
				[]byte{0x48, 0x85, 0xff},          // test %rdi, %rdi: the time is not asked for
				[]byte{0x74, 13},                  // jz ret
				[]byte{0x48, 0xb9}, word(seconds), // movabs $seconds, %rcx
				[]byte{0x48, 0x01, 0x0f}, // add %rcx, (%rdi)
				[]byte{0xc3})             // ret
		}},
		{"__vdso_time", func(seconds int64) []byte {
			return slices.Concat(
				[]byte{0xb8, 201, 0, 0, 0},        // mov $SYS_time, %eax
				[]byte{0x0f, 0x05},                // syscall
				[]byte{0x48, 0xb9}, word(seconds), // movabs $seconds, %rcx
				[]byte{0x48, 0x01, 0xc8}, // add %rcx, %rax
				[]byte{0x48, 0x85, 0xff}, // test %rdi, %rdi
				[]byte{0x74, 3},          // jz ret
				[]byte{0x48, 0x89, 0x07}, // mov %rax, (%rdi)
				[]byte{0xc3})             // ret
		}},
	},
	"arm64": {
		{"__kernel_clock_gettime", func(seconds int64) []byte {
			return append(instructions(
				0xd503245f, // bti c: the vDSO's pages may be guarded
				0x93407c02, // sxtw x2, w0
				0xd2800e28, // mov x8, #SYS_clock_gettime
				0xd4000001, // svc #0
				0x35000100, // cbnz w0, ret
				0x34000062, // cbz w2, add: CLOCK_REALTIME
				0x7100145f, // cmp w2, #CLOCK_REALTIME_COARSE
				0x540000a1, // b.ne ret
				0x580000c3, // add: ldr x3, seconds
				0xf9400024, // ldr x4, [x1]
				0x8b030084, // add x4, x4, x3
				0xf9000024, // str x4, [x1]
				0xd65f03c0, // ret
				0,
			), word(seconds)...)
		}},
		{"__kernel_gettimeofday", func(seconds int64) []byte {
			return append(instructions(
				0xd503245f, // bti c
				0xaa0003e2, // mov x2, x0
				0xd2801528, // mov x8, #SYS_gettimeofday
				0xd4000001, // svc #0
				0x350000c0, // cbnz w0, ret
				0xb40000a2, // cbz x2, ret: the time is not asked for
				0x580000c3, // ldr x3, seconds
				0xf9400044, // ldr x4, [x2]
				0x8b030084, // add x4, x4, x3
				0xf9000044, // str x4, [x2]
				0xd65f03c0, // ret
				0,
			), word(seconds)...)
		}},
	},
}

func word(seconds int64) []byte {
	return binary.LittleEndian.AppendUint64(nil, uint64(seconds))
}

func instructions(words ...uint32) (code []byte) {
	for _, w := range words {
		code = binary.LittleEndian.AppendUint32(code, w)
	}
	return code
}
