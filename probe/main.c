/*
 * postfix-stats-probe: what a sender of mail sees, from outside.
 */
int
main(void)
{
	return (0);
}
