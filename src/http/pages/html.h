/*
 * html.h - the files of html/, embedded by scripts/embed-text
 *
 * Memory:  static, with a NUL at the end.
 * Threads: constants.
 */
#ifndef KEYPOST_HTTP_PAGES_HTML_H
#define KEYPOST_HTTP_PAGES_HTML_H

extern const char html_layout[];
extern const char html_header[];
extern const char html_footer[];
extern const char html_home[];
extern const char html_submit[];
extern const char html_search[];
extern const char html_error[];
extern const char html_keypost_css[];
extern const char html_keypost_svg[];

#endif
