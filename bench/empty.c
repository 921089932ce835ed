/* Nothing, linked to what berth is linked to. */
int main(void)
{
    return 0;
}
