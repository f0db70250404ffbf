// The code of code_linux.go for the assembler. The seconds are
// 0x0102030405060708. A load relative to the program counter takes no label
// here: 0x580000c3 is LDR 6 instructions further on, X3.

TEXT ·__kernel_clock_gettime(SB), 4|512, $0-0
	HINT $34
	MOVW R0, R2
	MOVD $113, R8
	SVC
	CBNZW R0, ret
	CBZW R2, add
	CMPW $5, R2
	BNE ret
add:
	WORD $0x580000c3
	MOVD (R1), R4
	ADD R3, R4, R4
	MOVD R4, (R1)
ret:
	RET
	WORD $0
	WORD $0x05060708
	WORD $0x01020304

TEXT ·__kernel_gettimeofday(SB), 4|512, $0-0
	HINT $34
	MOVD R0, R2
	MOVD $169, R8
	SVC
	CBNZW R0, ret
	CBZ R2, ret
	WORD $0x580000c3
	MOVD (R2), R4
	ADD R3, R4, R4
	MOVD R4, (R2)
ret:
	RET
	WORD $0
	WORD $0x05060708
	WORD $0x01020304
