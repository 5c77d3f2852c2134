import { type EmitPlan, type EmittedFile, memoryMegabytes } from "./plan.ts";

/** Folder of the search within the containers. */
const MOUNT = "/search";

/**
 * An indexed job for Kubernetes: a pod for each run. Pods that a node loses or that are preempted come back without counting as failed, and
 * go on from the run's checkpoint, which lies on the volume.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
 */
export function kubernetesFile(plan: EmitPlan): EmittedFile {
  const memory = `${memoryMegabytes(plan)}Mi`;
  const text = `# Two places to fill in: the image, with convasm installed, and the claim of a volume that holds this folder's files and that all nodes can
# write to (ReadWriteMany). Needs Kubernetes 1.29 or newer.
apiVersion: batch/v1
kind: Job
metadata:
  name: ${plan.name}
spec:
  completionMode: Indexed
  completions: ${plan.runs}
  # Pods at once.
  parallelism: ${Math.min(plan.runs, 50)}
  backoffLimitPerIndex: 3
  podFailurePolicy:
    rules:
      - action: Ignore
        onPodConditions:
          - type: DisruptionTarget
            status: "True"
      # Wrong input stays wrong.
      - action: FailIndex
        onExitCodes:
          operator: In
          values: [2]
  template:
    spec:
      restartPolicy: Never
      # A pod that is told to end writes its checkpoint.
      terminationGracePeriodSeconds: 60
      containers:
        - name: run
          image: convasm:latest
          command:
            - sh
            - -c
            - exec convasm search ${MOUNT} --run-trial "$JOB_COMPLETION_INDEX"
          resources:
            requests:
              cpu: "${plan.threads}"
              memory: ${memory}
            limits:
              memory: ${memory}
          volumeMounts:
            - name: search
              mountPath: ${MOUNT}
      volumes:
        - name: search
          persistentVolumeClaim:
            claimName: convasm-search
`;
  return { name: "kubernetes.yaml", text, isProgram: false, start: ["kubectl", "apply", "-f"] };
}
