/*
 * The assembler takes the file in; the Makefile knows that this file needs it.
 */
#include "exporter/style.h"

/* clang-format off */
__asm__(".section .rodata\n"
	".globl style_css\n"
	".hidden style_css\n"
	"style_css:\n"
	".incbin \"exporter/style.css\"\n"
	".globl style_css_end\n"
	".hidden style_css_end\n"
	"style_css_end:\n"
	".byte 0\n"
	".text\n");
/* clang-format on */
