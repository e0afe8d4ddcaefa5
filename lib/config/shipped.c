/*
 * The assembler takes the file in; the Makefile knows that this file needs it.
 */
#include "lib/config/shipped.h"

/* clang-format off */
__asm__(".section .rodata\n"
	".globl shipped_reasons\n"
	".hidden shipped_reasons\n"
	"shipped_reasons:\n"
	".incbin \"contrib/reasons.yml\"\n"
	".globl shipped_reasons_end\n"
	".hidden shipped_reasons_end\n"
	"shipped_reasons_end:\n"
	".byte 0\n"
	".text\n");
/* clang-format on */
