/*
 * The page's style, style.css as it was when the program was built.
 */
#ifndef EXPORTER_STYLE_H
#define EXPORTER_STYLE_H

extern const char style_css[] __attribute__((visibility("hidden")));
extern const char style_css_end[] __attribute__((visibility("hidden")));

#endif
