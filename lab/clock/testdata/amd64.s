// The code of code_linux.go for the assembler. The seconds are
// 0x0102030405060708.

TEXT ·__vdso_clock_gettime(SB), 4|512, $0-0
	MOVL $228, AX
	SYSCALL
	TESTL AX, AX
	JNZ ret
	TESTL DI, DI
	JZ add
	CMPL DI, $5
	JNZ ret
add:
	MOVQ $0x0102030405060708, CX
	ADDQ CX, (SI)
ret:
	RET

TEXT ·__vdso_gettimeofday(SB), 4|512, $0-0
	MOVL $96, AX
	SYSCALL
	TESTL AX, AX
	JNZ ret
	TESTQ DI, DI
	JZ ret
	MOVQ $0x0102030405060708, CX
	ADDQ CX, (DI)
ret:
	RET

TEXT ·__vdso_time(SB), 4|512, $0-0
	MOVL $201, AX
	SYSCALL
	MOVQ $0x0102030405060708, CX
	ADDQ CX, AX
	TESTQ DI, DI
	JZ ret
	MOVQ AX, (DI)
ret:
	RET
