// How a process knows that a driver looks after it.

/**
 * Set in the environment of a process whose driver ends it by SIGKILL where it has to: signals after the first one are the same request. A
 * scheduler asks all processes of a job to stop, and the driver among them asks its children again.
 */
export const drivenVariable = "INCEPTION_DRIVEN";
