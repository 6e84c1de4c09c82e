// SPDX-License-Identifier: MIT
/*
 * "#! interpreter [argument]" (execve(2), "Interpreter scripts"): the program is
 * the interpreter; its arguments are the argument, the script's name, and the
 * script's own but the first.
 */
#include "kernel/debug/why.h"
#include "kernel/lib/string.h"
#include "kernel/mm/slab.h"
#include "kernel/process/exec.h"

#define SCRIPT_DEPTH 5

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The first line, ended with a NUL, without blanks around it; NULL: bad. */
static char *first_line(char *header)
{
	char *line = header + 2, *end;

	header[EXEC_HEADER - 1] = '\0';
	end = strchr(line, '\n');
	if (!end) {
		/* cut off: the interpreter's name at least must be whole */
		end = line + strlen(line);
		if (end == header + EXEC_HEADER - 1) {
			while (is_blank(*line))
				line++;
			if (!strchr(line, ' ') && !strchr(line, '\t'))
				return NULL;
		}
	}
	*end = '\0';
	while (end > line && is_blank(end[-1]))
		*--end = '\0';
	while (is_blank(*line))
		line++;
	return *line ? line : NULL;
}

/* New arguments in the place of @x->args. */
static int replace_args(struct exec *x, const char *interp, const char *arg)
{
	struct strings *args = strings_new();
	int err = args ? strings_add(args, interp) : -ENOMEM;

	if (!err && *arg)
		err = strings_add(args, arg);
	if (!err)
		err = strings_add(args, x->interp ? x->interp : x->name);
	if (!err)
		err = strings_add_tail(args, x->args);
	if (err) {
		strings_free(args);
		return err;
	}
	strings_free(x->args);
	x->args = args;
	return 0;
}

static int replace_file(struct exec *x, const char *interp)
{
	struct file *f = file_open_exec(AT_FDCWD, interp, 0);
	char *name;

	if (IS_ERR(f))
		return (int)PTR_ERR(f);
	name = kstrdup(interp);
	if (!name) {
		file_allow_write(f);
		file_put(f);
		return -ENOMEM;
	}
	file_allow_write(x->file);
	file_put(x->file);
	x->file = f;
	kfree(x->interp);
	x->interp = name;
	return 0;
}

int script_load(struct exec *x)
{
	char *interp, *arg;
	int err;

	if (x->header[0] != '#' || x->header[1] != '!')
		return 0;
	if (++x->depth > SCRIPT_DEPTH)
		return -ELOOP;
	if (x->name_ends)
		return why(-ENOENT, "exec: the interpreter would not find its "
				    "script: %s is close-on-exec", x->name);
	interp = first_line(x->header);
	if (!interp)
		return -ENOEXEC;
	for (arg = interp; *arg && !is_blank(*arg); arg++)
		;
	if (*arg) {
		*arg++ = '\0';
		while (is_blank(*arg))
			arg++;
	}
	err = replace_args(x, interp, arg);
	if (!err)
		err = replace_file(x, interp);
	return err ? err : 1;
}
